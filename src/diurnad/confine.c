#include "config.h"

#include "diurnad/confine.h"

#include "core/job.h"
#include "core/landlock.h"
#include "core/mem.h"
#include "core/str.h"
#include "edition/file.h"

#include <curl/curl.h>
#include <errno.h>
#include <link.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Programs, libraries, names of hosts and users, certificates, time zones. */
static const struct {
	const char *path;
	unsigned rights;
} system_paths[] = {
	{"/usr", LANDLOCK_READ | LANDLOCK_EXECUTE},
	{"/lib", LANDLOCK_READ | LANDLOCK_EXECUTE},
	{"/lib64", LANDLOCK_READ | LANDLOCK_EXECUTE},
	{"/bin", LANDLOCK_READ | LANDLOCK_EXECUTE},
	{"/sbin", LANDLOCK_READ | LANDLOCK_EXECUTE},
	{"/opt", LANDLOCK_READ | LANDLOCK_EXECUTE},
	{"/nix/store", LANDLOCK_READ | LANDLOCK_EXECUTE},
	{"/gnu/store", LANDLOCK_READ | LANDLOCK_EXECUTE},
	{"/etc", LANDLOCK_READ},
	{"/run", LANDLOCK_READ},
	{"/proc", LANDLOCK_READ},
	{"/sys/devices/system", LANDLOCK_READ},
	{"/dev/null", LANDLOCK_READ | LANDLOCK_WRITE},
	{"/dev/random", LANDLOCK_READ},
	{"/dev/urandom", LANDLOCK_READ},
	{"/var/lib/ca-certificates", LANDLOCK_READ},
	{DATADIR, LANDLOCK_READ},
};

/* What is being built, or looked at: which doors another configuration would have needed. */
struct walls {
	struct landlock landlock;
	struct confinement *open;                 /* what is open, or has been named as missing */
	const struct confinement *standing;       /* NULL: these are being built */
	void (*on_missing)(void *, const char *); /* of those that stand */
	void *context;
};

static unsigned rights_of(const struct confinement *confinement, const char *path)
{
	unsigned rights = 0;
	struct stat info;
	size_t i;

	if (stat(path, &info) != 0)
		return 0;
	for (i = 0; i < confinement->place_count; i++)
		if (confinement->places[i].device == info.st_dev &&
			confinement->places[i].inode == info.st_ino)
			rights |= confinement->places[i].rights;
	return rights;
}

/* What there is of a path: itself, or the folder in which it would be made. To be freed. */
static char *existing(const char *path)
{
	char *folder = xstrdup(path), *slash;

	while (access(folder, F_OK) != 0 && (slash = strrchr(folder, '/')))
		*slash = '\0';
	return folder;
}

static bool reaches(const struct confinement *confinement, const char *path, unsigned rights)
{
	char *there = existing(path), *folder = *there ? realpath(there, NULL) : NULL, *slash;
	unsigned found = 0;

	while (folder && *folder && (found & rights) != rights) {
		found |= rights_of(confinement, folder);
		slash = strrchr(folder, '/');
		*slash = '\0';
	}
	free(folder);
	free(there);
	return (found & rights) == rights;
}

bool confine_reaches(const struct confinement *confinement, const char *path, unsigned rights)
{
	return !confinement->landlock || *path != '/' || reaches(confinement, path, rights);
}

static void allow(struct walls *walls, const char *path, unsigned rights)
{
	struct confinement *open = walls->open;
	struct stat info;

	if (walls->standing && confine_reaches(walls->standing, path, rights))
		return;
	if ((rights_of(open, path) & rights) == rights)
		return;
	if (walls->standing)
		walls->on_missing(walls->context, path);
	else
		landlock_allow(&walls->landlock, path, rights);
	if (stat(path, &info) != 0)
		return;
	open->places = xreallocarray(open->places, open->place_count + 1, sizeof(*open->places));
	open->places[open->place_count++] =
		(struct confine_place){info.st_dev, info.st_ino, rights};
}

static void allow_up_to_slash(struct walls *walls, char *path, unsigned rights)
{
	char *slash = path ? strrchr(path, '/') : NULL;

	if (slash) {
		slash[slash == path] = '\0';
		allow(walls, path, rights);
	}
	free(path);
}

/*
 * A file is made anew beside itself when it is changed: its folder counts. That of the link, where
 * it is one, and that of what it leads to.
 */
static void allow_folder_of(struct walls *walls, const char *path, unsigned rights)
{
	if (!path)
		return;
	allow_up_to_slash(walls, xstrdup(path), rights);
	allow_up_to_slash(walls, realpath(path, NULL), rights);
}

static bool is_home(const char *folder)
{
	const char *home = getenv("HOME");
	struct stat is, as;

	return home && stat(home, &is) == 0 && stat(folder, &as) == 0 && is.st_dev == as.st_dev &&
	       is.st_ino == as.st_ino;
}

/*
 * A folder that may have to be made: what is there of its path, but not all that there is. Nobody's
 * home is opened whole for it: there it is made at once.
 */
static void allow_future(struct walls *walls, const char *path, unsigned rights)
{
	char *folder = existing(path);

	if (!walls->standing && *folder && !str_eq(folder, path) && is_home(folder)) {
		free(folder);
		folder = folder_make(path) == STATUS_OK ? xstrdup(path) : xstrdup("");
	}
	if (*folder)
		allow(walls, folder, rights);
	free(folder);
}

static void allow_configured(struct walls *walls, const struct config *config)
{
	size_t i;

	allow_folder_of(walls, config->path, LANDLOCK_READ);
	allow_folder_of(walls, config->ca_file, LANDLOCK_READ);
	allow_folder_of(walls, config->style, LANDLOCK_READ);
	if (config->rules_dir)
		allow(walls, config->rules_dir, LANDLOCK_READ);
	for (i = 0; i < config->subscription_count; i++)
		allow_folder_of(walls, config->subscriptions[i], LANDLOCK_READ);
	for (i = 0; i < config->feed_count; i++) {
		allow_folder_of(walls, config->feeds[i].password_file, LANDLOCK_READ);
		allow_folder_of(walls, config->feeds[i].cookie_file, LANDLOCK_READ);
	}
	allow_folder_of(walls, config->store_path, LANDLOCK_READ | LANDLOCK_WRITE);
	allow_folder_of(walls, config->control_path, LANDLOCK_READ | LANDLOCK_WRITE);
	allow_future(walls, config->digest_dir, LANDLOCK_READ | LANDLOCK_WRITE);
	allow_folder_of(walls, config->mail.ca_file, LANDLOCK_READ);
	allow_folder_of(walls, config->mail.password_file, LANDLOCK_READ);
	if (config->web.listen && *config->web.listen == '/')
		allow_folder_of(walls, config->web.listen, LANDLOCK_READ | LANDLOCK_WRITE);
	if ((config->web.listen || getenv("LISTEN_FDS")) && config->web.may_subscribe)
		allow_folder_of(walls, subscriptions_own(config), LANDLOCK_READ | LANDLOCK_WRITE);
	allow_folder_of(walls, config->web.password_file, LANDLOCK_READ);
	if (config->mail.maildir)
		allow_future(walls, config->mail.maildir, LANDLOCK_READ | LANDLOCK_WRITE);
}

static int allow_library(struct dl_phdr_info *library, size_t size, void *walls)
{
	(void)size;
	allow_folder_of(walls, library->dlpi_name, LANDLOCK_READ | LANDLOCK_EXECUTE);
	return 0;
}

/* What is started anew, with the libraries that we have, wherever they are. */
static void allow_programs(struct walls *walls)
{
	char own[4096];
	ssize_t len = readlink("/proc/self/exe", own, sizeof(own) - 1);

	own[len > 0 ? len : 0] = '\0';
	allow_folder_of(walls, own, LANDLOCK_READ | LANDLOCK_EXECUTE);
	allow_folder_of(walls, parser_program(), LANDLOCK_READ | LANDLOCK_EXECUTE);
	dl_iterate_phdr(allow_library, walls);
}

static void allow_certificates(struct walls *walls)
{
	const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);
	static const char *const variables[] = {"SSL_CERT_DIR", "TZDIR", "CREDENTIALS_DIRECTORY"};
	static const char *const files[] = {"SSL_CERT_FILE", "DIURNA_CLOCK"};
	const char *value;
	size_t i;

	allow_folder_of(walls, curl->cainfo, LANDLOCK_READ);
	if (curl->capath)
		allow(walls, curl->capath, LANDLOCK_READ);
	for (i = 0; i < ARRAY_LEN(variables); i++)
		if ((value = getenv(variables[i])))
			allow(walls, value, LANDLOCK_READ);
	for (i = 0; i < ARRAY_LEN(files); i++)
		allow_folder_of(walls, getenv(files[i]), LANDLOCK_READ);
}

static void restrict_files(const struct config *config, struct confinement *confinement)
{
	struct walls walls = {.open = confinement};
	size_t i;

	if (landlock_begin(&walls.landlock, false) != STATUS_OK) {
		confinement->lacks = "this kernel or this build has no Landlock";
		return;
	}
	for (i = 0; i < ARRAY_LEN(system_paths); i++)
		allow(&walls, system_paths[i].path, system_paths[i].rights);
	allow_configured(&walls, config);
	allow_programs(&walls);
	allow_certificates(&walls);
	if (landlock_enforce(&walls.landlock) == STATUS_OK)
		confinement->landlock = walls.landlock.version;
	else
		confinement->lacks = "Landlock is refused";
}

#ifndef SANITIZED
/*
 * What no library of ours has a reason to call. A list of what is allowed would be shorter lived:
 * the C library, OpenSSL and the resolver take up new calls with every version.
 */
static const char *const denied_calls[] = {"_sysctl", "acct", "add_key", "adjtimex", "afs_syscall",
	"bpf", "chroot", "clock_adjtime", "clock_settime", "create_module", "delete_module",
	"fanotify_init", "fanotify_mark", "finit_module", "fsconfig", "fsmount", "fsopen", "fspick",
	"get_kernel_syms", "init_module", "io_uring_enter", "io_uring_register", "io_uring_setup",
	"ioperm", "iopl", "kcmp", "kexec_file_load", "kexec_load", "keyctl", "lookup_dcookie",
	"mbind", "memfd_secret", "migrate_pages", "mknod", "mknodat", "modify_ldt", "mount",
	"mount_setattr", "move_mount", "move_pages", "name_to_handle_at", "nfsservctl",
	"open_by_handle_at", "open_tree", "perf_event_open", "personality", "pidfd_getfd",
	"pivot_root", "process_madvise", "process_vm_readv", "process_vm_writev", "ptrace",
	"query_module", "quotactl", "quotactl_fd", "reboot", "request_key", "setdomainname",
	"setfsgid", "setfsuid", "setgid", "setgroups", "sethostname", "setns", "setregid",
	"setresgid", "setresuid", "setreuid", "settimeofday", "setuid", "swapoff", "swapon",
	"sysfs", "syslog", "umount", "umount2", "unshare", "uselib", "userfaultfd", "ustat",
	"vhangup", "vm86", "vm86old", "vmsplice"};

/* Sockets of these families only; the resolver asks by netlink which addresses there are. */
static const unsigned families[] = {AF_UNSPEC, AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};

static int deny_families(scmp_filter_ctx filter)
{
	int err = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1,
		(struct scmp_arg_cmp){.arg = 0, .op = SCMP_CMP_GT, .datum_a = AF_NETLINK});
	unsigned family;
	size_t i;

	for (family = 0; err == 0 && family <= AF_NETLINK; family++) {
		for (i = 0; i < ARRAY_LEN(families) && families[i] != family; i++)
			continue;
		if (i == ARRAY_LEN(families))
			err = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EAFNOSUPPORT),
				SCMP_SYS(socket), 1,
				(struct scmp_arg_cmp){
					.arg = 0, .op = SCMP_CMP_EQ, .datum_a = family});
	}
	return err;
}

static bool filter_calls(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int call, err = filter ? 0 : -ENOMEM;
	size_t i;

	for (i = 0; err == 0 && i < ARRAY_LEN(denied_calls); i++) {
		call = seccomp_syscall_resolve_name(denied_calls[i]);
		if (call < 0) /* not a call of this architecture, or unknown to the library */
			continue;
		err = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 0);
	}
	if (err == 0)
		err = deny_families(filter);
	if (err == 0)
		err = seccomp_load(filter);
	seccomp_release(filter);
	return err == 0;
}
#endif

void confine(const struct config *config, struct confinement *confinement)
{
	*confinement = (struct confinement){0};
	if (!config->confines) {
		confinement->lacks = "the configuration wants none";
		return;
	}
	if (config->mail.sendmail) {
		confinement->lacks = "mail.sendmail may need anything";
		return;
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
		confinement->lacks = "the kernel is too old";
		return;
	}
	restrict_files(config, confinement);
#ifdef SANITIZED
	confinement->lacks = "built with sanitizers, which trace the process";
#else
	confinement->has_filter = filter_calls();
	if (!confinement->has_filter && !confinement->lacks)
		confinement->lacks = "system calls are not filtered: refused by the kernel";
#endif
}

void confinement_finish(struct confinement *confinement)
{
	free(confinement->places);
	confinement->places = NULL;
	confinement->place_count = 0;
}

void confine_missing(const struct confinement *confinement, const struct config *config,
	void (*on_path)(void *context, const char *path), void *context)
{
	struct confinement named = {0};
	struct walls walls = {
		.open = &named, .standing = confinement, .on_missing = on_path, .context = context};

	if (confinement->landlock)
		allow_configured(&walls, config);
	confinement_finish(&named);
}

void confine_text(const struct confinement *confinement, char text[100])
{
	char landlock[32] = "no Landlock";

	if (confinement->landlock)
		snprintf(landlock, sizeof(landlock), "Landlock %d", confinement->landlock);
	if (!confinement->landlock && !confinement->has_filter)
		snprintf(text, 100, "not at all: %s",
			confinement->lacks ? confinement->lacks : "not yet");
	else
		snprintf(text, 100, "%s, system calls %s%s%s", landlock,
			confinement->has_filter ? "filtered" : "not filtered",
			confinement->lacks ? ": " : "",
			confinement->lacks ? confinement->lacks : "");
}
