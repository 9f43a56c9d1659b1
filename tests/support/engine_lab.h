/*
 * engine_lab.h - a small lab of fake hosts with an engine on it, for tests of the engine.
 *
 * Hosts are pc1, pc2, ... at 10.0.0.1, 10.0.0.2, ...: 2 CPUs, 2 GiB, on, nobody logged in. Time is
 * stepped and begins on Monday 2026-03-02 at 12:00 UTC.
 */
#ifndef ROOST_TESTS_ENGINE_LAB_H
#define ROOST_TESTS_ENGINE_LAB_H

#include "core/engine/engine.h"
#include "tests/support/fake_driver.h"

#define LAB_HOURS "Mon-Fri 09:00-19:45; Sat 09:00-13:45"

struct lab {
    struct clock *clock;
    struct fake_driver *fake;
    struct engine *engine;
    struct hours *hours;
    struct engine_config config;
    guint n_hosts;
};

/* n hosts, with one VM of 256 MiB each (vm1 on pc1, ...) when with_vms. Nothing is started yet. */
struct lab *lab_new(guint n_hosts, gboolean with_vms);
void lab_free(struct lab *lab);

/* Makes the engine with lab->config and lab->hours, starts it, and waits for all first answers. */
void lab_start(struct lab *lab);

struct fake_host *lab_host(struct lab *lab, guint number);
const struct host *lab_seen(struct lab *lab, guint number);
const struct vm *lab_seen_vm(struct lab *lab, const char *name);

/* Steps until so much time has gone by. */
void lab_run(struct lab *lab, gint64 for_us);

/* Steps until no job is under way; fails the test after a simulated day. */
void lab_run_jobs(struct lab *lab);

/* Steps until the goal is reached or given up. */
void lab_run_goal(struct lab *lab, enum engine_goal goal);

/* Moves the wall clock's time: runs until it shows HH:MM next. */
void lab_run_until(struct lab *lab, guint hour, guint minute);

const struct job *lab_job(struct lab *lab, guint id);

/* How many entries of the journal hold the text (in what, text or result). */
guint lab_journal_has(struct lab *lab, const char *text);
guint lab_alarms(struct lab *lab);

guint lab_seen_on(struct lab *lab);

#endif
