/* Configuration files: there is one, or there are reasons why not, each on a line of its own. */
#include "check.h"

#include "core/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void check(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config_errors errors = {0};
	struct config *config = NULL;
	char path[64];
	size_t i;
	enum status status;
	int fd = memfd_create("configuration", MFD_CLOEXEC);

	check(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	status = config_load(path, &config, &errors);
	check((status == STATUS_OK) == (config != NULL));
	check((status == STATUS_OK) == (errors.count == 0));
	for (i = 0; i < errors.count; i++)
		check(strncmp(errors.lines[i], path, strlen(path)) == 0 &&
			!strchr(errors.lines[i], '\n'));
	config_free(config);
	config_errors_finish(&errors);
	close(fd);
	return 0;
}
