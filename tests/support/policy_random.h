/*
 * policy_random.h - random clusters, the same for the same seed, with everything that can be odd
 * about hosts and VMs in them. For tests only.
 */
#ifndef ROOST_TESTS_POLICY_RANDOM_H
#define ROOST_TESTS_POLICY_RANDOM_H

#include "core/model/cluster.h"

/*
 * 1..hosts_most hosts with up to vms_most VMs in all. No host is given more than it has RAM and
 * places for. CPU and loads are multiples of 40, which divide evenly by every number of CPUs.
 */
struct cluster *random_cluster(GRand *random, guint hosts_most, guint vms_most);

/* Puts the hosts, or the VMs of each host, in another order. */
void random_shuffle_hosts(GRand *random, struct cluster *cluster);
void random_shuffle_vms(GRand *random, struct cluster *cluster);

#endif
