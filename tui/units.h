/* units.h - sizes in the units that are shown. Thread: any. */
#ifndef ROOST_TUI_UNITS_H
#define ROOST_TUI_UNITS_H

#define UNITS_GIB(kib)   ((double)(kib) / (1024.0 * 1024))
#define UNITS_MIB(bytes) ((double)(bytes) / (1024.0 * 1024))

#endif
