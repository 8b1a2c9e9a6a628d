#include "core/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int64_t real_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec;
}

int64_t clock_monotonic_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static const char *clock_file(void)
{
	static const char *path;
	static bool known;

	if (!known) {
		path = getenv("DIURNA_CLOCK");
		known = true;
	}
	return path && *path ? path : NULL;
}

bool clock_is_simulated(void)
{
	return clock_file() != NULL;
}

int64_t clock_now(void)
{
	const char *path = clock_file();
	char line[32] = "";
	long long value;
	FILE *file;

	if (!path)
		return real_now();
	file = fopen(path, "re");
	if (!file)
		return real_now();
	if (!fgets(line, sizeof(line), file))
		line[0] = '\0';
	fclose(file);
	value = strtoll(line, NULL, 10);
	return line[0] == '+' || line[0] == '-' || !line[0] ? real_now() + value : value;
}
