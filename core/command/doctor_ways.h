/*
 * doctor_ways.h - can VMs go from each host to the others: CPUs, routes, ports, keys. Pure.
 */
#ifndef ROOST_COMMAND_DOCTOR_WAYS_H
#define ROOST_COMMAND_DOCTOR_WAYS_H

#include "core/command/doctor_compare.h"

void doctor_compare_cpus(struct patient *patients, guint count);
void doctor_compare_ways(struct patient *patients, guint count);
void doctor_compare_keys(struct patient *patients, guint count);

#endif
