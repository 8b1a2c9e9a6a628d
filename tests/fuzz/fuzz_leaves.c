/* A damaged store, read page by page. */
#include "check.h"

#include "store/leaves.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* All bytes of a value can be read, and a row has no more of them than it says. */
static void on_row(void *context, const struct leaf_row *row)
{
	unsigned *sum = context;

	if (row->count < 0 || row->count > LEAF_COLUMNS || !(row->share > 0 && row->share <= 1))
		abort();
	for (int i = 0; i < row->count; i++) {
		const struct leaf_value *value = &row->values[i];

		if (value->type < SQLITE_INTEGER || value->type > SQLITE_NULL)
			abort();
		for (size_t k = 0; k < value->len; k++)
			*sum += ((const unsigned char *)value->data)[k];
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("store", MFD_CLOEXEC);
	char path[40];
	unsigned sum = 0;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	leaves_read(path, on_row, &sum);
	close(fd);
	return 0;
}
