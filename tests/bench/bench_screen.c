/*
 * bench_screen - what a frame costs: drawing one of 62 hosts, showing it in memory, and the bytes
 * that curses sends to a terminal for it. Lines: name, measured, budget, ok or MISSED.
 */
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/stage.h"
#include "tui/screen.h"

#define HOSTS  62
#define FRAMES 2000

static gboolean missed;
static enum colour_wish wish; /* of what is measured on a terminal */

static void report(const char *name, double measured, double budget, const char *unit)
{
    gboolean ok = measured <= budget;

    printf("%s\t%.3f %s\t%.3f %s\t%s\n", name, measured, unit, budget, unit, ok ? "ok" : "MISSED");
    missed = missed || !ok;
}

static double cpu_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* A frame of `hosts` tiles, as wide as a console's: names, letters, VMs. `odd` changes one tile. */
static void draw_frame(struct surface *surface, int hosts, int columns, int odd)
{
    surface_clear(surface);
    surface_fill(surface, (struct rect){0, 0, surface->width, 1}, " ", ROLE_HEADER, 0);
    surface_printf(surface, 1, 0, -1, ROLE_HEADER_STRONG, 0, "roost  Ercolani  %d on", hosts);
    for (int i = 0; i < hosts; i++) {
        int x = i % columns * 9, y = 1 + i / columns * 2;
        enum role role = i == odd ? ROLE_OVER : ROLE_UNDER + i % 3;

        surface_fill(surface, (struct rect){x, y, 8, 2}, " ", role, 0);
        surface_printf(surface, x, y, 6, role, 0, "pc%02d", i + 1);
        surface_text(surface, x + 7, y, 1, "u", role, CELL_BOLD);
        for (int vm = 0; vm < i % 8 + (i == odd); vm++)
            surface_text(surface, x + vm, y + 1, 1, "■", ROLE_VM, 0);
    }
    for (int y = surface->height - 8; y < surface->height; y++)
        surface_text(surface, 0, y, -1,
                     "22:07:14 compact: vm pc40 from pc40 to pc05: pc40 can then go off; load 0.09",
                     ROLE_MUTED, 0);
}

static void measure_frames(const char *name, int width, int height, int hosts, double budget_ms)
{
    autoptr(screen) screen = screen_offscreen_new(width, height);
    autoptr(surface) surface = surface_new(width, height);
    double begin = cpu_ms();

    for (int i = 0; i < FRAMES; i++) {
        draw_frame(surface, hosts, width / 9, i % hosts);
        screen_show(screen, surface);
    }
    report(name, (cpu_ms() - begin) / FRAMES, budget_ms, "ms");
}

/* What has come to the other end of the terminal. */
static double drain(int master)
{
    char bytes[8192];
    double count = 0;
    ssize_t length;

    while ((length = read(master, bytes, sizeof bytes)) > 0)
        count += (double)length;
    return count;
}

static void measure_terminal(int master, double *results)
{
    g_autoptr(GError) error = NULL;
    autoptr(theme) theme = theme_load("default", NULL, &error);
    struct screen *screen = theme != NULL ? screen_curses_new(theme, TRUE, &error) : NULL;
    autoptr(surface) surface = surface_new(80, 24);
    double begin;

    if (screen == NULL) {
        fprintf(stderr, "bench_screen: %s\n", error->message);
        exit(1);
    }
    draw_frame(surface, HOSTS, 9, -1);
    screen_show(screen, surface);
    results[0] = drain(master);
    screen_show(screen, surface);
    results[1] = drain(master);
    draw_frame(surface, HOSTS, 9, 30);
    screen_show(screen, surface);
    results[2] = drain(master);
    begin = cpu_ms();
    for (int i = 0; i < FRAMES; i++) {
        draw_frame(surface, HOSTS, 9, i % HOSTS);
        screen_show(screen, surface);
        drain(master);
    }
    results[3] = (cpu_ms() - begin) / FRAMES;
    screen_free(screen);
    drain(master);
}

/* A terminal that reads while it is written to: a large frame is more than a line holds. */
struct reader {
    int master;
    gint count, ends;
};

static gpointer read_on(gpointer data)
{
    struct reader *reader = data;
    struct pollfd poll_fd = {.fd = reader->master, .events = POLLIN};

    while (!g_atomic_int_get(&reader->ends)) {
        if (poll(&poll_fd, 1, 5) > 0)
            g_atomic_int_add(&reader->count, (gint)drain(reader->master));
    }
    return NULL;
}

/*
 * How many bytes have come since the last call, once no more do: nothing tells the end of a frame
 * but silence. A frame that the terminal did not take at once goes on from the main loop, and until
 * it has gone no other is drawn.
 */
static double settle(struct reader *reader)
{
    gint before = -1, count = 0;

    for (guint same = 0; same < 10; g_usleep(20000)) { /* a busy machine reads late */
        while (g_main_context_iteration(NULL, FALSE))
            continue;
        count = g_atomic_int_get(&reader->count);
        same = count == before ? same + 1 : 0;
        before = count;
    }
    g_atomic_int_set(&reader->count, 0);
    return count;
}

/* What the console itself sends when one host of a lab turns from under to over: its tile, the
 * counts, and the line of the header. */
static void measure_change(int master, double *results)
{
    struct reader reader = {.master = master};
    GThread *thread = g_thread_new("reader", read_on, &reader);
    static const struct {
        guint hosts;
        int width, height;
    } labs[] = {{62, 80, 24}, {62, 200, 50}, {1000, 200, 50}, {10000, 200, 50}};

    for (gsize i = 0; i < G_N_ELEMENTS(labs); i++) {
        struct winsize size = {.ws_row = (unsigned short)labs[i].height,
                               .ws_col = (unsigned short)labs[i].width};
        autoptr(stage) stage = stage_new(labs[i].hosts);
        autoptr(theme) theme = theme_load("default", NULL, NULL);
        struct screen *screen;

        ioctl(master, TIOCSWINSZ, &size);
        screen = screen_curses_open(
            theme, &(const struct screen_request){.mouse = TRUE, .colours = wish}, NULL);
        screen_show(screen, stage_draw(stage, labs[i].width, labs[i].height));
        settle(&reader);
        stage_host(stage, 5)->load15_permille = 900 * 2;
        screen_show(screen, stage_draw(stage, labs[i].width, labs[i].height));
        results[i] = settle(&reader);
        screen_free(screen);
        settle(&reader);
    }
    g_atomic_int_set(&reader.ends, 1);
    g_thread_join(thread);
}

/* Curses on a terminal of our own; its results come when standard output is ours again. */
static void measure_on_terminal(void (*measure)(int master, double *results), double *results)
{
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    int output = dup(STDOUT_FILENO), input = dup(STDIN_FILENO);
    int master, slave;

    if (openpty(&master, &slave, NULL, NULL, &size) != 0) {
        perror("bench_screen: openpty");
        exit(1);
    }
    fcntl(master, F_SETFL, O_NONBLOCK);
    fflush(stdout);
    dup2(slave, STDIN_FILENO);
    dup2(slave, STDOUT_FILENO);
    measure(master, results);
    dup2(output, STDOUT_FILENO);
    dup2(input, STDIN_FILENO);
    close(output);
    close(input);
    close(master);
    close(slave);
}

static void measure_changes(const char *depth, enum colour_wish colours)
{
    static const char *const labs[] = {"62 hosts changes, 80x24", "62 hosts changes, 200x50",
                                       "1000 hosts changes, 200x50", "10000 hosts changes, 200x50"};
    double results[G_N_ELEMENTS(labs)];

    wish = colours;
    measure_on_terminal(measure_change, results);
    for (gsize i = 0; i < G_N_ELEMENTS(labs); i++) {
        g_autofree char *name = g_strdup_printf("screen: one of %s, %s", labs[i], depth);

        report(name, results[i], 200, "bytes");
    }
}

static void measure_curses(void)
{
    double results[4];

    measure_on_terminal(measure_terminal, results);
    report("screen: first frame of 62 hosts, 80x24", results[0], 8000, "bytes");
    report("screen: frame that changes nothing", results[1], 0, "bytes");
    report("screen: one tile changes", results[2], 200, "bytes");
    report("screen: drawing and writing a frame of 62 hosts", results[3], 1, "ms");
    measure_changes("256 colours", COLOURS_256);
    measure_changes("24 bits", COLOURS_24BIT);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_unsetenv("NO_COLOR");
    g_unsetenv("COLORTERM");
    g_setenv("TERM", "xterm-256color", TRUE);
    measure_frames("screen: drawing and comparing 62 hosts, 80x24", 80, 24, HOSTS, 1);
    measure_frames("screen: drawing and comparing 1000 hosts, 300x100", 300, 100, 1000, 4);
    measure_curses();
    return missed ? 1 : 0;
}
