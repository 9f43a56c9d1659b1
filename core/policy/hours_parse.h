/*
 * hours_parse.h - the written hours and holidays as numbers. Private to core/policy.
 */
#ifndef ROOST_POLICY_HOURS_PARSE_H
#define ROOST_POLICY_HOURS_PARSE_H

#include <glib.h>

/* The lab opens on this weekday; minutes count from its midnight. */
struct hours_range {
    guint weekday; /* 0 = Monday */
    gint from_min; /* 0..1439 */
    gint to_min;   /* after from_min, at most a day later */
};

struct hours_holiday {
    guint year; /* 0 = every year */
    guint month;
    guint day;
};

/* Appends to `ranges`; FALSE and ROOST_ERROR_INPUT naming the word that is wrong. */
gboolean hours_parse_weekly(const char *weekly, GArray *ranges, GError **error);
gboolean hours_parse_holidays(const char *holidays, GArray *parsed, GError **error);

#endif
