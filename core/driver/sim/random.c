#include "core/driver/sim/random.h"

static guint64 mix(guint64 z)
{
    z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

void sim_random_init(struct sim_random *random, guint64 seed, enum sim_stream stream, guint index)
{
    /* Mixed twice, so that neighbouring seeds and indexes give streams far from each other. */
    random->state = mix(mix(seed + 1) ^ ((guint64)stream << 32 | index));
}

guint64 sim_random_next(struct sim_random *random)
{
    random->state += G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
    return mix(random->state);
}

double sim_random_unit(struct sim_random *random)
{
    return (double)(sim_random_next(random) >> 11) * 0x1.0p-53;
}

gint64 sim_random_between(struct sim_random *random, gint64 low, gint64 high)
{
    g_assert(low <= high);
    return low + (gint64)(sim_random_unit(random) * (double)(high - low + 1));
}

gboolean sim_random_chance(struct sim_random *random, double chance)
{
    return sim_random_unit(random) < chance;
}
