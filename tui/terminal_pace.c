#include "tui/terminal_pace.h"

#include <string.h>

#include "tui/terminal.h"

#define LARGE_BYTES 512 /* a frame that is worth a question of its own */

/* Who has never answered is waited for once, this long. */
#define UNKNOWN_MS 1500

/* An answer that takes longer: the line is slow. */
#define SLOW_US (400 * 1000)

/* Lost is an answer that a line of 20 bytes a second would have brought. */
#define LOST_MS          2000
#define LOST_MS_PER_BYTE 50
#define LOST_BYTES       (1 << 14)

/* Of cells beside each other: with their colours, and the way there. */
#define BYTES_PER_CELL 4
#define CELLS_LEAST    8

static const char answer[] = "\033[0n";

static struct {
    void (*late_no_more)(void);
    guint unanswered;
    gboolean answers;          /* it has done so */
    gboolean mute;             /* it has not, though it had time */
    guint slow;                /* bytes a second; 0 = not slow */
    gboolean shown;            /* a frame was sent: the first waits for nothing */
    gint64 asked_us, until_us; /* the last question; when its answer counts as lost */
    gsize bytes;               /* of the frame before it */
    gsize heard;               /* bytes of an answer that have come */
    guint source;
} pace;

static gboolean tell(gpointer data)
{
    (void)data;
    pace.source = 0;
    terminal_pace_is_late(); /* time may have made it so */
    if (pace.late_no_more != NULL)
        pace.late_no_more();
    return G_SOURCE_REMOVE;
}

static void tell_in(guint ms)
{
    if (pace.source != 0)
        g_source_remove(pace.source);
    pace.source = g_timeout_add(ms, tell, NULL);
}

void terminal_pace_begin(void (*late_no_more)(void))
{
    memset(&pace, 0, sizeof pace);
    pace.late_no_more = late_no_more;
}

void terminal_pace_end(void)
{
    terminal_pace_forget();
    pace.late_no_more = NULL;
}

void terminal_pace_forget(void)
{
    if (pace.source != 0)
        g_source_remove(pace.source);
    pace.source = 0;
    pace.unanswered = 0;
}

/* The last question has its time from when it was asked. */
static void give_time(void)
{
    gint64 ms = pace.answers ? LOST_MS + (gint64)MIN(pace.bytes, LOST_BYTES) * LOST_MS_PER_BYTE
                             : UNKNOWN_MS;
    gint64 left_us;

    pace.until_us = pace.asked_us + ms * 1000;
    left_us = pace.until_us - g_get_monotonic_time();
    tell_in((guint)(MAX(left_us, 0) / 1000) + 1);
}

gboolean terminal_pace_asks(gsize bytes)
{
    gboolean first = !pace.shown;

    pace.shown |= bytes > 0;
    if (pace.late_no_more == NULL || pace.mute || (bytes < LARGE_BYTES && !pace.slow && !first))
        return FALSE;
    pace.unanswered++;
    pace.bytes = bytes;
    pace.asked_us = g_get_monotonic_time();
    give_time();
    return TRUE;
}

static void take_answer(void)
{
    gint64 took_us = g_get_monotonic_time() - pace.asked_us;

    pace.answers = TRUE;
    pace.mute = FALSE;
    if (pace.unanswered == 0) /* of one that counted as lost */
        return;
    if (--pace.unanswered > 0) {
        give_time();
        return;
    }
    pace.slow =
        took_us <= SLOW_US ? 0 : (guint)MAX(pace.bytes * G_USEC_PER_SEC / (guint64)took_us, 1);
    tell_in(0);
}

void terminal_pace_hear(const char *bytes, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        if (bytes[i] == answer[pace.heard])
            pace.heard++;
        else
            pace.heard = bytes[i] == answer[0] ? 1 : 0;
        if (pace.heard == sizeof answer - 1) {
            pace.heard = 0;
            take_answer();
        }
    }
}

guint terminal_pace_cells(void)
{
    return pace.slow == 0 ? G_MAXUINT : pace.slow / BYTES_PER_CELL + CELLS_LEAST;
}

gboolean terminal_pace_is_late(void)
{
    if (pace.unanswered == 0 || !pace.shown)
        return FALSE;
    if (g_get_monotonic_time() < pace.until_us)
        return TRUE;
    pace.mute = !pace.answers;
    pace.answers = FALSE;
    pace.unanswered = 0;
    return FALSE;
}

void terminal_pace_settle(guint most_ms)
{
    gint64 until_us = g_get_monotonic_time() + (gint64)most_ms * 1000;

    while (pace.answers && pace.unanswered > 0) {
        gint64 left_us = until_us - g_get_monotonic_time();
        char bytes[256];
        gssize length;

        if (left_us <= 0)
            break;
        if (!terminal_wait((guint)(left_us / 1000) + 1))
            continue;
        length = terminal_read(bytes, sizeof bytes);
        if (length < 0)
            break;
        terminal_pace_hear(bytes, (gsize)length);
    }
    terminal_pace_forget();
}
