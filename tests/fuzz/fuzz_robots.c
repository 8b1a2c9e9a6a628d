/* robots.txt: the first line is the path that is asked for. */
#include "check.h"

#include "diurnad/robots.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data, *line = memchr(text, '\n', size);
	size_t path_len = line ? (size_t)(line - text) : 0;
	char *path = malloc(path_len + 2);
	struct robots *robots;

	path[0] = '/';
	if (path_len)
		memcpy(path + 1, text, path_len);
	path[path_len + 1] = '\0';
	robots = robots_parse(text + path_len, size - path_len);
	robots_allows(robots, path);
	if (!robots_allows(robots, "/robots.txt") || robots_delay_s(robots) < 0)
		abort();
	robots_free(robots);
	free(path);
	return 0;
}
