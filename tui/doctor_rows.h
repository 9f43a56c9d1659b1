/*
 * doctor_rows.h - what the doctor's view lists of an examination: findings in the order of how bad
 * they are, narrowed down, those that many hosts have alike as one. Thread: main.
 */
#ifndef ROOST_TUI_DOCTOR_ROWS_H
#define ROOST_TUI_DOCTOR_ROWS_H

#include "core/command/doctor.h"
#include "tui/filter.h"

enum doctor_shown {
    DOCTOR_SHOWN_TROUBLE, /* what is wrong, or worth a note */
    DOCTOR_SHOWN_WRONG,
    DOCTOR_SHOWN_ALL,
    DOCTOR_SHOWN_COUNT,
};

/* A finding, of one host or of several that have the same; borrowed from the result. */
struct doctor_row {
    const struct patient *patient;
    const struct check_finding *finding;
    guint hosts;
};

/* Fills an array of struct doctor_row anew. NULL for the result: none; for the filter: all. */
void doctor_rows_make(GArray *array, const struct doctor_result *result, enum doctor_shown shown,
                      const struct filter *filter);

#endif
