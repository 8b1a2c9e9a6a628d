/*
 * Runs a fuzz target over files, without a fuzzer: over its seeds when none are named. Speaks TAP.
 * Seeds lie in tests/fuzz/seeds/NAME/, NAME as in fuzz_NAME.
 */
#include "check.h"

#include "core/buf.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int count;

static void run_file(const char *path)
{
	FILE *file = fopen(path, "rbe");
	struct buf body = {0};
	uint8_t *copy;
	size_t n;

	if (!file)
		return;
	do {
		n = fread(buf_reserve(&body, 65536), 1, 65536, file);
		buf_added(&body, n);
	} while (n > 0);
	fclose(file);
	/* not NUL-terminated, as from a fuzzer: reading past the end shows under a sanitizer */
	copy = malloc(body.len > 0 ? body.len : 1);
	memcpy(copy, buf_text(&body), body.len);
	LLVMFuzzerTestOneInput(copy, body.len);
	free(copy);
	buf_finish(&body);
	printf("ok %d - %s\n", ++count, strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
}

static void run(const char *path)
{
	struct dirent **names;
	struct stat st;
	char inner[4096];
	int n, i;

	if (stat(path, &st) == 0 && S_ISREG(st.st_mode)) {
		run_file(path);
		return;
	}
	n = scandir(path, &names, NULL, alphasort);
	for (i = 0; i < n; i++) {
		if (names[i]->d_name[0] != '.') {
			snprintf(inner, sizeof(inner), "%s/%s", path, names[i]->d_name);
			run(inner);
		}
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

int main(int argc, char **argv)
{
	const char *folder = getenv("DIURNA_TEST_DIR"), *name = strrchr(argv[0], '/');
	char seeds[4096];
	int i;

	for (i = 1; i < argc; i++)
		run(argv[i]);
	if (argc == 1) {
		name = strstr(name ? name : argv[0], "fuzz_");
		snprintf(seeds, sizeof(seeds), "%s/fuzz/seeds/%s", folder ? folder : "tests",
			name ? name + strlen("fuzz_") : "");
		run(seeds);
	}
	printf("1..%d\n", count);
	return count > 0 ? 0 : 1;
}
