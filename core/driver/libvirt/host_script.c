#include "core/driver/libvirt/host_script.h"

const char host_script_command[] = "exec sh";

/*
 * Who is logged in: one process, and lines as who(1) writes them. A system that keeps no utmp any
 * more (Debian 13, and musl's) leaves who with nothing to say, and logind is not told the terminal
 * by OpenSSH's own sshd: there, whoever owns the first process on a terminal sits at it, and what
 * sits at a screen without one is read from logind's own files. Not counted: what waits for a login
 * there, and sessions with neither, ours among them; who(1) never counted those either.
 */
#define USERS                                                                                      \
    "by_who() {\n"                                                                                 \
    "    list=$(who </dev/null 2>/dev/null) || return 1\n"                                         \
    "    printf '%s\\n' \"$list\" | while read -r line; do\n"                                      \
    "        [ -z \"$line\" ] || say user \"$line\"\n"                                             \
    "    done\n"                                                                                   \
    "}\n"                                                                                          \
    "by_terminals() {\n"                                                                           \
    "    list=$(ps -eo tty=,user:32=,comm= </dev/null 2>/dev/null) ||\n"                           \
    "        list=$(ps -o tty,user,comm </dev/null 2>/dev/null) || return 1\n"                     \
    "    told=' '\n"                                                                               \
    "    printf '%s\\n' \"$list\" | while read -r tty user name; do\n"                             \
    "        case $tty in '' | [?] | - | 0,0 | TT | TTY) continue ;; esac\n"                       \
    "        case $name in *getty | login | X | Xorg* | plymouthd) continue ;; esac\n"             \
    "        case $user in gdm | Debian-gdm | sddm | lightdm | lxdm | greeter | _greetd)\n"        \
    "            continue ;;\n"                                                                    \
    "        esac\n"                                                                               \
    "        case $told in *\" $tty \"*) continue ;; esac\n"                                       \
    "        told=\"$told$tty \"\n"                                                                \
    "        say user \"$user $tty\"\n"                                                            \
    "    done\n"                                                                                   \
    "}\n"                                                                                          \
    "at_screens() {\n"                                                                             \
    "    for file in /run/systemd/sessions/*; do\n"                                                \
    "        [ -f \"$file\" ] && [ -r \"$file\" ] || continue\n"                                   \
    "        USER= TYPE= CLASS= STATE= REMOTE_HOST=\n"                                             \
    "        while IFS='=' read -r key value; do\n"                                                \
    "            case $key in USER | TYPE | CLASS | STATE | REMOTE_HOST)\n"                        \
    "                eval \"$key=\\$value\" ;;\n"                                                  \
    "            esac\n"                                                                           \
    "        done <\"$file\"\n"                                                                    \
    "        case $CLASS.$STATE.$TYPE in *.closing.*) continue ;;\n"                               \
    "        user*.x11 | user*.wayland | user*.mir) ;; *) continue ;; esac\n"                      \
    "        say user \"$USER $TYPE${REMOTE_HOST:+ ($REMOTE_HOST)}\"\n"                            \
    "    done\n"                                                                                   \
    "}\n"                                                                                          \
    "users() {\n"                                                                                  \
    "    if [ -s /run/utmp ]; then by_who; return; fi\n"                                           \
    "    by_terminals && at_screens\n"                                                             \
    "}\n"

#define DEFINITIONS                                                                                \
    "LC_ALL=C PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin\n"                                        \
    "export LC_ALL PATH\n"                                                                         \
    "say() { printf '%s %s\\n' \"$1\" \"$2\"; }\n" USERS

const char host_script_begin[] = DEFINITIONS "echo roost-begin\n";

/*
 * Built-ins alone where it can be: a process costs more than all the rest of this. An answer is
 * gathered first and written at once, so that it goes out in one packet. Each turn of read is a
 * system call for each byte: only as much is read as is needed.
 *
 * Who is logged in is asked anew when a file that tells of it has changed since it was asked last:
 * that moment is kept as the age of an unnamed file, made with the here-document. A change
 * within the same tick of the kernel's clock would not show, so the next look asks once more.
 * Without utmp it is a terminal more or less that tells of a login; and whatever these miss, each
 * full look finds. Before a host is switched off it is asked anew in any case.
 */
static const char looks[] =
    "add() { text=\"$text$1 $2\n\"; }\n"
    "again=1\n"
    "logins_changed() {\n"
    "    set -- /dev/pts/*\n"
    "    before=$terminals terminals=$*\n"
    "    [ \"$before\" = \"$terminals\" ] && [ -e /proc/self/fd/3 ] || return 0\n"
    "    for file in /run/utmp /var/run/utmp /run/systemd/sessions; do\n"
    "        [ ! $file -nt /proc/self/fd/3 ] || return 0\n"
    "    done\n"
    "    return 1\n"
    "}\n"
    "ask_logins() {\n"
    "    again=0\n"
    "    if logins_changed; then\n"
    "        again=1\n"
    "        exec 3<<.\n"
    ".\n"
    "    fi\n"
    "    if logins=$(users 3<&-); then logins_known=1; else logins_known=0; fi\n"
    "}\n"
    "add_cpus() {\n"
    "    cpus=0\n"
    "    while read -r key rest; do\n"
    "        case $key in\n"
    "        cpu) ;;\n"
    "        cpu*) cpus=$((cpus + 1)) ;;\n"
    "        *) break ;;\n"
    "        esac\n"
    "    done </proc/stat\n"
    "    add cpus $cpus\n"
    "}\n"
    "look() {\n"
    "    text='roost-begin\n'\n"
    "    read -r line </proc/loadavg && add loadavg \"$line\"\n"
    "    while read -r key value rest; do\n"
    "        case $key in\n"
    "        MemTotal:) add mem-total \"$value\" ;;\n"
    "        MemAvailable:) add mem-available \"$value\"; break ;;\n"
    "        esac\n"
    "    done </proc/meminfo\n"
    "    read -r key rest </proc/stat && add cpu \"$rest\"\n"
    "    if [ $again$2$3 != 000 ] || logins_changed; then ask_logins; fi\n"
    "    [ -z \"$logins\" ] || text=\"$text$logins\n\"\n"
    "    [ $logins_known = 0 ] || add users asked\n"
    "    if [ $2 = 1 ]; then\n"
    "        read -r line </proc/sys/kernel/hostname && add hostname \"$line\"\n"
    "        add_cpus\n"
    "        text=\"$text$(links 3<&-)\n\"\n"
    "    fi\n"
    "    printf %s \"${text}roost-end\n$1\n\"\n"
    "}\n";

/* Which links may have a wake setting: the one with the address, and all that are not virtual. */
static const char links[] =
    "links() {\n"
    "ip -o address show to \"$address\" </dev/null | sed 's/^/address /'\n"
    "dev=$(ip -o address show to \"$address\" </dev/null | sed -n '1s/^[0-9]*: *\\([^ "
    "]*\\).*/\\1/p')\n"
    "ip -d -o link show </dev/null | while read -r line; do\n"
    "    say link \"$line\"\n"
    "    name=${line#*: }\n"
    "    name=${name%%[:@]*}\n"
    "    case \"$line \" in\n"
    "    *link/loopback*) continue ;;\n"
    "    *' veth '* | *' tun '* | *' bridge '* | *' vlan '* | *' bond '* | *' macvlan '* | \\\n"
    "    *' macvtap '* | *' dummy '* | *' ifb '* | *' vxlan '* | *' wireguard '*)\n"
    "        [ \"$name\" = \"$dev\" ] || continue ;;\n"
    "    esac\n"
    "    wake=$(ethtool \"$name\" 2>/dev/null </dev/null |\n"
    "        sed -n 's/^[[:space:]]*Wake-on:[[:space:]]*//p')\n"
    "    [ -z \"$wake\" ] || say wake \"$name $wake\"\n"
    "    device=/sys/class/net/$name/device\n"
    "    file=$device/power/wakeup\n"
    "    if [ -r \"$file\" ] && read -r wake <\"$file\"; then say wakeup \"$name $wake\"; fi\n"
    "    file=$device/modalias\n"
    "    if [ -r \"$file\" ] && read -r alias <\"$file\"; then say bus \"$name ${alias%%:*}\"; fi\n"
    "done\n"
    "}\n";

/*
 * "going" is said before the command is run, which the host may not live to tell of, and is known
 * to have come through before it: a host that closes down at once takes unsent words with it. The
 * whole is one compound command, so that no shell takes the rest of it for the reply, and ends by
 * itself, since its input need not.
 */
static const char unless_users[] =
    "list=$(users); known=$?\n"
    "[ -z \"$list\" ] || printf '%s\\n' \"$list\"\n"
    "if [ $force = 0 ] && [ $known != 0 ]; then\n"
    "    say refused unknown\n"
    "elif [ $force = 0 ] && [ -n \"$list\" ]; then\n"
    "    say refused users\n"
    "else\n"
    "    say going on\n"
    "    IFS= read -r go && [ \"$go\" = " HOST_SCRIPT_GO " ] || exit 1\n"
    "    { ";

static const char then_status[] = "\n"
                                  "    } </dev/null >&2\n"
                                  "    say status $?\n"
                                  "fi\n"
                                  "echo roost-end\n"
                                  "exit 0\n";

char *host_script_setup(const char *address)
{
    g_autofree char *quoted = g_shell_quote(address);

    return g_strdup_printf("%saddress=%s\n%s%s", DEFINITIONS, quoted, links, looks);
}

char *host_script_look(const char *farewell, gboolean full, gboolean logins)
{
    return g_strdup_printf("look %s %d %d\n", farewell, full ? 1 : 0, logins ? 1 : 0);
}

char *host_script_facts(const char *address, gboolean full)
{
    g_autofree char *setup = host_script_setup(address);
    g_autofree char *look = host_script_look(HOST_SCRIPT_OVER, full, TRUE);

    return g_strconcat(setup, look, NULL);
}

char *host_script_power_off(const char *command, gboolean force)
{
    return g_strdup_printf("{\n%sforce=%d\n%s%s%s}\n", host_script_begin, force ? 1 : 0,
                           unless_users, command, then_status);
}
