#include <config.h> /* the build's, not our neighbour */

#include "core/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef HAVE_LINUX_LANDLOCK_H
#include <linux/landlock.h>
#endif

#if defined(HAVE_LINUX_LANDLOCK_H) && defined(SYS_landlock_create_ruleset)

/* What newer versions of the interface brought; a header may be older than the kernel. */
#define FS_FIRST     ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)
#define FS_REFER     (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) /* 2 */
#define FS_TRUNCATE  (LANDLOCK_ACCESS_FS_MAKE_SYM << 2) /* 3 */
#define FS_IOCTL_DEV (LANDLOCK_ACCESS_FS_MAKE_SYM << 3) /* 5 */
#define NET_ALL      UINT64_C(3)                        /* 4: to bind, to connect */
#define SCOPE_ALL    UINT64_C(3)                        /* 6: abstract sockets, signals */

struct attributes {
	uint64_t fs, net, scope;
};

/* Rights that a file can have; the others are a folder's. */
#define OF_FILES                                                      \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | \
		LANDLOCK_ACCESS_FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV)

enum status landlock_begin(struct landlock *landlock, bool is_closed)
{
	struct attributes attributes = {.fs = FS_FIRST};
	size_t size = sizeof(attributes.fs);
	long version = syscall(
		SYS_landlock_create_ruleset, NULL, 0, 1u /* LANDLOCK_CREATE_RULESET_VERSION */);

	*landlock = (struct landlock){.fd = -1};
	if (version <= 0)
		return STATUS_UNSUPPORTED;
	landlock->version = (int)version;
	if (version >= 2)
		attributes.fs |= FS_REFER;
	if (version >= 3)
		attributes.fs |= FS_TRUNCATE;
	if (version >= 5)
		attributes.fs |= FS_IOCTL_DEV;
	if (is_closed && version >= 4) {
		attributes.net = NET_ALL;
		size += sizeof(attributes.net);
	}
	if (is_closed && version >= 6) {
		attributes.scope = SCOPE_ALL;
		size += sizeof(attributes.scope);
	}
	landlock->handled = attributes.fs;
	landlock->fd = (int)syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
	return landlock->fd < 0 ? STATUS_UNSUPPORTED : STATUS_OK;
}

void landlock_allow(struct landlock *landlock, const char *path, unsigned rights)
{
	struct landlock_path_beneath_attr rule = {0};
	struct stat info;

	if (landlock->fd < 0)
		return;
	if (rights & LANDLOCK_READ)
		rule.allowed_access |= LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
	if (rights & LANDLOCK_EXECUTE)
		rule.allowed_access |= LANDLOCK_ACCESS_FS_EXECUTE;
	if (rights & LANDLOCK_WRITE)
		rule.allowed_access |=
			LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
			LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
			LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
			LANDLOCK_ACCESS_FS_MAKE_SYM | FS_REFER | FS_TRUNCATE;
	rule.allowed_access &= landlock->handled;
	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return;
	if (fstat(rule.parent_fd, &info) == 0 && !S_ISDIR(info.st_mode))
		rule.allowed_access &= OF_FILES;
	syscall(SYS_landlock_add_rule, landlock->fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	close(rule.parent_fd);
}

enum status landlock_enforce(struct landlock *landlock)
{
	long result;

	if (landlock->fd < 0)
		return STATUS_OK;
	result = syscall(SYS_landlock_restrict_self, landlock->fd, 0);
	close(landlock->fd);
	landlock->fd = -1;
	return result < 0 ? STATUS_REFUSED : STATUS_OK;
}

#else

enum status landlock_begin(struct landlock *landlock, bool is_closed)
{
	(void)is_closed;
	*landlock = (struct landlock){.fd = -1};
	return STATUS_UNSUPPORTED;
}

void landlock_allow(struct landlock *landlock, const char *path, unsigned rights)
{
	(void)landlock, (void)path, (void)rights;
}

enum status landlock_enforce(struct landlock *landlock)
{
	(void)landlock;
	return STATUS_OK;
}

#endif
