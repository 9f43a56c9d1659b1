/*
 * stage.h - a console on a stage: a lab made by hand at one fixed moment, without engine or
 * terminal, for golden screens. For tests only.
 *
 * The lab is the reference lab's size or any other: host pcNN with its VM pcNN at home, all on,
 * all seen a second ago, Tuesday 2026-11-17 22:07:14 UTC, an hour after the process began.
 */
#ifndef ROOST_TESTS_STAGE_H
#define ROOST_TESTS_STAGE_H

#include "core/base/cleanup.h"
#include "tui/app.h"

#define STAGE_NOW_US  (CLOCK_HOUR_US)
#define STAGE_WALL_US G_GINT64_CONSTANT(1794953234000000)

struct stage {
    struct app *app;
    struct screen *screen;
    struct cluster *cluster;
    struct engine_config settings;
    struct hours *hours;
    GPtrArray *jobs;    /* struct job *, owned */
    GPtrArray *journal; /* struct journal_entry *, owned */
};

struct stage *stage_new(guint n_hosts);
void stage_free(struct stage *stage);
AUTOPTR_DEFINE(stage)

/* Host and VM by number, from 1. Borrowed. */
struct host *stage_host(const struct stage *stage, guint number);
struct vm *stage_vm(const struct stage *stage, guint number);

void stage_switch_off(const struct stage *stage, guint number);

/* All VMs of the lab onto its first n hosts, the others off. */
void stage_pack(const struct stage *stage, guint n);

/* A job, its fields plain to be changed. Borrowed. */
struct job *stage_add_job(struct stage *stage, enum job_kind kind, enum job_state state, guint vm,
                          guint from, guint to);

/* Half done after 3 s at 40 MiB/s. */
void stage_set_halfway(struct job *job);

void stage_add_entry(struct stage *stage, guint seconds_ago, const char *what, const char *object,
                     const char *text, const char *result);

/* Draws, at a size, and compares with tests/golden/NAME-WxH.screen. */
void stage_check(struct stage *stage, const char *name, int width, int height);

/* Counts and draws only. Borrowed. */
const struct surface *stage_draw(struct stage *stage, int width, int height);

/* Keys as a keymap writes them, a blank between them; nothing is drawn. */
void stage_press(struct stage *stage, const char *keys);

/* A key for each character. */
void stage_type(struct stage *stage, const char *text);

/* Draws at 80x24; TRUE when the text is on the screen, in one line. */
gboolean stage_shows(struct stage *stage, const char *text);

#endif
