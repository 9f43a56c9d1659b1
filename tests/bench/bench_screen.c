/*
 * bench_screen - what a frame costs: drawing one of 62 hosts, showing it in memory, and the bytes
 * that curses sends to a terminal for it. Lines: name, measured, budget, ok or MISSED.
 */
#include <fcntl.h>
#include <locale.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "tui/screen.h"

#define HOSTS  62
#define FRAMES 2000

static gboolean missed;

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

/* Curses on a terminal of our own; its results come when standard output is ours again. */
static void measure_curses(void)
{
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    int output = dup(STDOUT_FILENO), input = dup(STDIN_FILENO);
    int master, slave;
    double results[4];

    if (openpty(&master, &slave, NULL, NULL, &size) != 0) {
        perror("bench_screen: openpty");
        exit(1);
    }
    fcntl(master, F_SETFL, O_NONBLOCK);
    fflush(stdout);
    dup2(slave, STDIN_FILENO);
    dup2(slave, STDOUT_FILENO);
    g_setenv("TERM", "xterm-256color", TRUE);
    measure_terminal(master, results);
    dup2(output, STDOUT_FILENO);
    dup2(input, STDIN_FILENO);
    report("screen: first frame of 62 hosts, 80x24", results[0], 8000, "bytes");
    report("screen: frame that changes nothing", results[1], 0, "bytes");
    report("screen: one tile changes", results[2], 200, "bytes");
    report("screen: drawing and writing a frame of 62 hosts", results[3], 1, "ms");
    close(master);
    close(slave);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_unsetenv("NO_COLOR");
    measure_frames("screen: drawing and comparing 62 hosts, 80x24", 80, 24, HOSTS, 1);
    measure_frames("screen: drawing and comparing 1000 hosts, 300x100", 300, 100, 1000, 4);
    measure_curses();
    return missed ? 1 : 0;
}
