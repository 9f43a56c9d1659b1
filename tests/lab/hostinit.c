/*
 * hostinit: one host of the lab, switched on.
 *
 * Two processes live as long as the host does. The *case* stays in the namespaces it was started
 * in: it plugs the host into the switch, writes the pid file, waits, and unplugs. The *init* is
 * PID 1 of the host's own mount, host name, process, network and IPC namespaces: it runs boot.sh,
 * starts the daemons, reaps, and ends everything when it is told to power off.
 *
 * When init ends the kernel kills whatever else is in its process namespace, so a SIGKILL to init
 * is a power cut, and a SIGKILL to the case is one too (PDEATHSIG).
 *
 * usage: hostinit DIR NAME ADDRESS/BITS MAC PORT BRIDGE BOOT-SCRIPT
 *
 * DIR is the host's directory: DIR/pid ("CASE START INIT": ids as seen from outside, START the
 * case's start time from /proc/CASE/stat) exists while the host is on; DIR/init.log is appended to;
 * DIR/off-at-boot, when it is there, names daemons that are not started.
 * Returns when those of sshd and libvirtd that are started take connections, with status 0; or 1
 * and the reason.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BOOT_TIMEOUT_MS    60000
#define BOOT_POLL_MS       20
#define SHUTDOWN_DAEMON_MS 1000
#define SHUTDOWN_REST_MS   300
#define LIBVIRT_SOCKET     "/run/libvirt/libvirt-sock"
#define CGROUPS_FLAG       "/run/lab/lxc"

/* Where the daemon half tells the foreground half how the boot went. */
#define REPORT_FD 3

struct host {
    const char *dir, *name, *cidr, *mac, *port, *bridge, *boot_script;
};

struct service {
    const char *name;
    const char *const *argv;
    pid_t pid;
    bool off; /* not started when the host comes on */
};

static const char *const sshd_argv[] = {"/usr/sbin/sshd", "-D", "-e", NULL};
static const char *const virtlogd_argv[] = {"/usr/sbin/virtlogd", NULL};
static const char *const libvirtd_argv[] = {"/usr/sbin/libvirtd", NULL};

/* In the order of starting; stopped from the last to the first. */
static struct service services[] = {
    {"sshd", sshd_argv, 0, false},
    {"virtlogd", virtlogd_argv, 0, false},
    {"libvirtd", libvirtd_argv, 0, false},
};
static const struct service *const sshd = &services[0];
static const struct service *const libvirtd = &services[2];
enum {
    SERVICE_COUNT = sizeof services / sizeof services[0]
};

static void report(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void report(const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    int length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    fprintf(stderr, "%s\n", text);
    if (length < 0 || write(REPORT_FD, text, strlen(text)) < 0)
        fprintf(stderr, "nobody hears the report\n");
}

/* Runs a shell command line; its parts come from the lab script, which checked them. */
static bool run(const char *format, ...) __attribute__((format(printf, 1, 2)));
static bool run(const char *format, ...)
{
    char command[1024];
    va_list args;

    va_start(args, format);
    int length = vsnprintf(command, sizeof command, format, args);
    va_end(args);
    if (length < 0 || (size_t)length >= sizeof command)
        return false;
    int status = system(command);
    if (status != 0)
        fprintf(stderr, "status %d: %s\n", status, command);
    return status == 0;
}

static long now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- init: inside the host ---- */

static void log_status(const char *what, pid_t pid, int status)
{
    if (WIFSIGNALED(status))
        fprintf(stderr, "%s [%d] ended by signal %d\n", what, (int)pid, WTERMSIG(status));
    else
        fprintf(stderr, "%s [%d] ended with status %d\n", what, (int)pid, WEXITSTATUS(status));
}

/*
 * Takes every dead child. Without it each dead qemu stays a zombie, libvirtd waits 40 s for it,
 * and so does each migration.
 */
static void reap(void)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (int i = 0; i < SERVICE_COUNT; i++)
            if (services[i].pid == pid) {
                log_status(services[i].argv[0], pid, status);
                services[i].pid = 0;
            }
}

/* Waits for a signal (or timeout_ms; -1 for ever), reaps, and returns the signal, 0 for none. */
static int await_signal(long timeout_ms)
{
    sigset_t all;
    struct timespec timeout = {timeout_ms / 1000, timeout_ms % 1000 * 1000000};

    sigfillset(&all);
    int number = sigtimedwait(&all, NULL, timeout_ms < 0 ? NULL : &timeout);
    reap();
    return number > 0 ? number : 0;
}

static void start_service(struct service *service)
{
    service->pid = fork();
    if (service->pid != 0)
        return;
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
    close(REPORT_FD);
    execv(service->argv[0], (char *const *)service->argv);
    fprintf(stderr, "%s: %s\n", service->argv[0], strerror(errno));
    _exit(127);
}

static bool answers(const struct sockaddr *address, socklen_t length)
{
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool answered = fd >= 0 && connect(fd, address, length) == 0;

    if (fd >= 0)
        close(fd);
    return answered;
}

static bool host_answers(const struct host *host)
{
    struct sockaddr_un libvirt = {.sun_family = AF_UNIX, .sun_path = LIBVIRT_SOCKET};
    struct sockaddr_in ssh = {.sin_family = AF_INET, .sin_port = htons(22)};
    char address[INET_ADDRSTRLEN];

    snprintf(address, sizeof address, "%.*s", (int)strcspn(host->cidr, "/"), host->cidr);
    return inet_pton(AF_INET, address, &ssh.sin_addr) == 1 &&
           (libvirtd->off || answers((struct sockaddr *)&libvirt, sizeof libvirt)) &&
           (sshd->off || answers((struct sockaddr *)&ssh, sizeof ssh));
}

/* DIR/off-at-boot has the names of those that are not started, one a line; mostly there is none. */
static void read_off_at_boot(const struct host *host)
{
    char path[4096], name[64];

    snprintf(path, sizeof path, "%s/off-at-boot", host->dir);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return;
    while (fscanf(file, "%63s", name) == 1)
        for (int i = 0; i < SERVICE_COUNT; i++)
            services[i].off = services[i].off || strcmp(services[i].name, name) == 0;
    fclose(file);
}

/* Waits until the host answers. On failure tells why; the host then goes off again. */
static bool await_boot(const struct host *host)
{
    long deadline_ms = now_ms() + BOOT_TIMEOUT_MS;

    while (!host_answers(host)) {
        int number = await_signal(BOOT_POLL_MS);
        if (number == SIGTERM || number == SIGINT) {
            report("told to power off while booting");
            return false;
        }
        for (int i = 0; i < SERVICE_COUNT; i++)
            if (services[i].pid == 0 && !services[i].off) {
                report("%s ended while booting: see %s/init.log", services[i].argv[0], host->dir);
                return false;
            }
        if (now_ms() > deadline_ms) {
            report("no answer after %d s", BOOT_TIMEOUT_MS / 1000);
            return false;
        }
    }
    return true;
}

static void await_services(long timeout_ms)
{
    long deadline_ms = now_ms() + timeout_ms;

    for (;;) {
        bool alive = false;
        for (int i = 0; i < SERVICE_COUNT; i++)
            alive = alive || services[i].pid != 0;
        long left_ms = deadline_ms - now_ms();
        if (!alive || left_ms <= 0)
            return;
        await_signal(left_ms);
    }
}

/* Daemons first, so that nobody starts a guest any more; then whatever is left. */
static void power_off(void)
{
    fprintf(stderr, "powering off\n");
    for (int i = SERVICE_COUNT - 1; i >= 0; i--)
        if (services[i].pid != 0)
            kill(services[i].pid, SIGTERM);
    await_services(SHUTDOWN_DAEMON_MS);

    long deadline_ms = now_ms() + SHUTDOWN_REST_MS;
    kill(-1, SIGTERM);
    for (long left_ms = SHUTDOWN_REST_MS; left_ms > 0; left_ms = deadline_ms - now_ms()) {
        await_signal(left_ms);
        if (kill(-1, 0) < 0 && errno == ESRCH)
            return;
    }
}

static int init_main(const struct host *host, int power_fd)
{
    char byte;
    sigset_t all;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    if (read(power_fd, &byte, 1) != 1)
        return 1; /* the case gave up, and has told why */
    close(power_fd);

    read_off_at_boot(host); /* boot.sh may cover DIR */
    if (sethostname(host->name, strlen(host->name)) < 0 || chdir("/") < 0) {
        report("%s", strerror(errno));
        return 1;
    }
    if (!run("ip link set lo up && ip address add %s brd + dev eth0 && ip link set eth0 up",
             host->cidr) ||
        !run("%s '%s'", host->boot_script, host->dir)) {
        report("boot.sh failed: see %s/init.log", host->dir);
        return 1;
    }
    /* boot.sh has put us into cgroups of the host's own, for containers: there its world ends. */
    if (access(CGROUPS_FLAG, F_OK) == 0 && unshare(CLONE_NEWCGROUP) < 0) {
        report("cgroup namespace: %s", strerror(errno));
        return 1;
    }
    for (int i = 0; i < SERVICE_COUNT; i++)
        if (!services[i].off)
            start_service(&services[i]);
    if (!await_boot(host))
        return 1;
    report("ok");
    close(REPORT_FD);

    for (;;) {
        int number = await_signal(-1);
        if (number == SIGTERM || number == SIGINT) {
            power_off();
            return 0;
        }
    }
}

/* ---- the case: outside ---- */

static unsigned long long start_time(pid_t pid)
{
    char path[64], text[1024];
    unsigned long long start = 0;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return 0;
    if (fgets(text, sizeof text, file) != NULL) {
        /* The name may hold brackets: the 22nd field is the 20th after the last of them. */
        char *field = strrchr(text, ')');
        for (int i = 0; i < 20 && field != NULL; i++)
            field = strchr(field + 1, ' ');
        if (field != NULL)
            start = strtoull(field, NULL, 10);
    }
    fclose(file);
    return start;
}

static bool write_pid_file(const struct host *host, pid_t init)
{
    char path[4096], draft[4096 + 4];

    snprintf(path, sizeof path, "%s/pid", host->dir);
    snprintf(draft, sizeof draft, "%s.new", path);
    FILE *file = fopen(draft, "we");
    if (file == NULL)
        return false;
    fprintf(file, "%d %llu %d\n", (int)getpid(), start_time(getpid()), (int)init);
    return fclose(file) == 0 && rename(draft, path) == 0;
}

static void remove_pid_file(const struct host *host)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/pid", host->dir);
    unlink(path);
}

static bool plug_in(const struct host *host, pid_t init)
{
    return run("ip link add %s type veth peer name eth0 address %s netns %d && "
               "ip link set %s master %s up",
               host->port, host->mac, (int)init, host->port, host->bridge);
}

static int case_main(const struct host *host)
{
    int power[2], status = 0;

    if (pipe2(power, O_CLOEXEC) < 0) {
        report("pipe: %s", strerror(errno));
        return 1;
    }
    pid_t init = (pid_t)syscall(SYS_clone,
                                CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWPID | CLONE_NEWNET |
                                    CLONE_NEWIPC | SIGCHLD,
                                0, 0, 0, 0);
    if (init == 0) {
        close(power[1]);
        _exit(init_main(host, power[0]));
    }
    if (init < 0) {
        report("namespaces: %s", strerror(errno));
        return 1;
    }
    close(power[0]);
    if (!plug_in(host, init) || !write_pid_file(host, init) || write(power[1], "", 1) != 1)
        report("cannot be plugged in: see %s/init.log", host->dir);
    close(power[1]);
    close(REPORT_FD);

    while (waitpid(init, &status, 0) < 0 && errno == EINTR)
        continue;
    log_status("init", init, status);
    /* The port goes with the namespace, but only after a while, and a start must not wait. */
    run("ip link delete %s 2>/dev/null || true", host->port);
    remove_pid_file(host);
    return 0;
}

/* ---- the foreground half ---- */

static bool become_daemon(const struct host *host, int report_fd)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/init.log", host->dir);
    int null_fd = open("/dev/null", O_RDONLY);
    int log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
    int kept_fd = fcntl(report_fd, F_DUPFD, 10);
    if (null_fd < 0 || log_fd < 0 || kept_fd < 0)
        return false;
    setsid();
    if (dup2(null_fd, 0) < 0 || dup2(log_fd, 1) < 0 || dup2(log_fd, 2) < 0 ||
        dup2(kept_fd, REPORT_FD) < 0)
        return false;
    /* Whatever else was inherited, locks of the lab script among it, must not live on here. */
    close_range(REPORT_FD + 1, ~0U, 0);
    fcntl(REPORT_FD, F_SETFD, FD_CLOEXEC);
    setvbuf(stderr, NULL, _IOLBF, 0);
    return true;
}

int main(int argc, char **argv)
{
    if (argc != 8) {
        fprintf(stderr, "usage: hostinit DIR NAME ADDRESS/BITS MAC PORT BRIDGE BOOT-SCRIPT\n");
        return 2;
    }
    struct host host = {argv[1], argv[2], argv[3], argv[4], argv[5], argv[6], argv[7]};
    int pipe_fds[2];
    if (pipe(pipe_fds) < 0) {
        perror("hostinit: pipe");
        return 1;
    }
    pid_t daemon_pid = fork();
    if (daemon_pid < 0) {
        perror("hostinit: fork");
        return 1;
    }
    if (daemon_pid == 0)
        _exit(become_daemon(&host, pipe_fds[1]) ? case_main(&host) : 1);
    close(pipe_fds[1]);

    char text[512] = "";
    size_t used = 0;
    ssize_t got;
    while (used < sizeof text - 1 &&
           (got = read(pipe_fds[0], text + used, sizeof text - 1 - used)) > 0)
        used += (size_t)got;
    if (strcmp(text, "ok") == 0)
        return 0;
    fprintf(stderr, "hostinit: %s: %s\n", host.name, used > 0 ? text : "ended while booting");
    return 1;
}
