/*
 * fakelogin: says in a host's utmp that somebody is logged in there, or no longer is.
 *
 * usage: fakelogin UTMP in|out USER LINE
 *
 * The entry belongs to process 1, since who(1) leaves out entries whose process is gone.
 */
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <utmpx.h>

int main(int argc, char **argv)
{
    if (argc != 5 || (strcmp(argv[2], "in") != 0 && strcmp(argv[2], "out") != 0)) {
        fprintf(stderr, "usage: fakelogin UTMP in|out USER LINE\n");
        return 2;
    }
    struct utmpx entry = {.ut_type = strcmp(argv[2], "in") == 0 ? USER_PROCESS : DEAD_PROCESS,
                          .ut_pid = 1};
    struct timeval now;
    const char *line = argv[4];
    size_t length = strlen(line);

    gettimeofday(&now, NULL);
    entry.ut_tv.tv_sec = (int)now.tv_sec;
    snprintf(entry.ut_line, sizeof entry.ut_line, "%s", line);
    snprintf(entry.ut_host, sizeof entry.ut_host, "%s", "lab");
    /* Lines are told apart by their last characters, as login(1) does. */
    strncpy(entry.ut_id, length > sizeof entry.ut_id ? line + length - sizeof entry.ut_id : line,
            sizeof entry.ut_id);
    if (entry.ut_type == USER_PROCESS)
        snprintf(entry.ut_user, sizeof entry.ut_user, "%s", argv[3]);
    if (utmpxname(argv[1]) != 0) {
        perror(argv[1]);
        return 1;
    }
    setutxent();
    if (pututxline(&entry) == NULL) {
        perror(argv[1]);
        return 1;
    }
    endutxent();
    return 0;
}
