/*
 * lease_torture.h - processes that contend for one lease and act while they may, and one that kills
 * and stops them. Afterwards the log of their acts tells whether two ever could.
 *
 * An act is one line, appended with one write(2): number of the process, fencing number, and the
 * moment (CLOCK_BOOTTIME, read inside the check itself) at which the lease said that it may act. A
 * process can be stopped between that moment and its write, as it can in the middle of any real
 * action; so what is asserted is the moment, and lines that came late are counted apart (`late`):
 * whoever receives an action can refuse those by their number.
 */
#ifndef ROOST_TESTS_LEASE_TORTURE_H
#define ROOST_TESTS_LEASE_TORTURE_H

#include "core/store/lease.h"

struct lease_torture {
    struct lease_settings settings;
    const char *log; /* path */
    guint n_workers; /* 2..5 */
    guint rounds;    /* each kills, stops, or lets go on */
    gint64 pause_us; /* between two, at most */
    gint64 stop_us;  /* how long one is stopped, at most */
};

struct lease_torture_result {
    guint kills;
    guint stops;
    guint acts;
    guint confirmed;   /* of them, asked for with lease_confirm */
    guint fences;      /* different numbers that acted */
    guint late;        /* lines that were written after one of a greater number */
    guint overlaps;    /* a smaller number that could act after a greater one had: must be 0 */
    guint shared;      /* numbers that two processes had: must be 0 */
    guint garbled;     /* lines that are none: must be 0 */
    gint64 closest_us; /* between the last moment of one number and the first of the next */
};

/* Forks, so no thread may run yet. Blocks until it is over. */
struct lease_torture_result lease_torture_run(const struct lease_torture *torture);

#endif
