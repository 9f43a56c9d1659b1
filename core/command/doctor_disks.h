/*
 * doctor_disks.h - are the VMs' disks the same files on every host, and how to make them so. Pure.
 */
#ifndef ROOST_COMMAND_DOCTOR_DISKS_H
#define ROOST_COMMAND_DOCTOR_DISKS_H

#include "core/command/doctor_compare.h"

/* Adds the findings on disks: to a host that differs from others, or that alone has its disk. */
void doctor_compare_disks(struct patient *patients, guint count);

/*
 * The command that gives the host the directory that `seer` has (NULL = nobody to look at), as far
 * as their mounts tell it. Free with g_free.
 */
char *doctor_mend_share(const struct check_report *report, const struct check_report *seer,
                        const char *directory);

#endif
