/* Allocators that end the process when there is no memory: systemd starts us again, the store is
 * consistent. */
#ifndef DIURNA_CORE_MEM_H
#define DIURNA_CORE_MEM_H

#include <stddef.h>

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *ptr, size_t size);
/* Room for count elements of size bytes each; the product may not overflow. */
void *xreallocarray(void *ptr, size_t count, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t len);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/*
 * Make room for one more element in a growing array. array is a typed pointer, count its elements
 * in use, space (size_t) those allocated.
 */
#define ARRAY_GROW(array, count, space)                                              \
	do {                                                                         \
		if ((count) >= (space)) {                                            \
			(space) = (space) ? (space)*2 : 8;                           \
			(array) = xreallocarray((array), (space), sizeof(*(array))); \
		}                                                                    \
	} while (0)

#endif
