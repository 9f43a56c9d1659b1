/* history_lab.h - a simulated night of the reference lab that is kept in a store. */
#ifndef ROOST_TESTS_SUPPORT_HISTORY_LAB_H
#define ROOST_TESTS_SUPPORT_HISTORY_LAB_H

#include "core/base/clock.h"
#include "core/command/night.h"

/* What really was drawn, by the lab itself. */
struct history_truth {
    gint64 from_us, until_us; /* wall clock: closing and opening */
    double kwh, kwh_all_on;
    guint migrations;
};

/* Runs one night, with journal and history written to `dir`. */
void history_lab_night(const char *dir, guint64 seed, const char *faults,
                       struct history_truth *truth);

/* Removes a directory with the files in it. */
void history_lab_remove(const char *dir);

#endif
