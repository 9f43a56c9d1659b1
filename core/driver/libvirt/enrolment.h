/*
 * enrolment.h - the errands of enrol.h on real hosts, and the one file that is kept here.
 *
 * For libvirt_driver.c. Each kind's work is made by the function beside it and freed by the errand.
 * Thread: main, but for what the kinds run themselves.
 */
#ifndef ROOST_DRIVER_LIBVIRT_ENROLMENT_H
#define ROOST_DRIVER_LIBVIRT_ENROLMENT_H

#include "core/driver/enrol.h"
#include "core/driver/libvirt/errand.h"

extern const struct errand_kind enrolment_meet;
gpointer enrolment_meet_work(const struct enrol_request *request);

extern const struct errand_kind enrolment_run;
gpointer enrolment_run_work(const struct run_request *request);

extern const struct errand_kind enrolment_arm;
gpointer enrolment_arm_work(void);

extern const struct errand_kind enrolment_share_keys;
gpointer enrolment_share_keys_work(const struct peer_request *request);

#endif
