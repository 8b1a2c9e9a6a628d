#include "core/arena.h"

#include "core/mem.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of the first: most documents are small, and thousands of them may wait for the store. */
enum { CHUNK_BYTES = 2 * 1024 };

struct arena_chunk {
	struct arena_chunk *next;
	size_t space; /* bytes of data */
	alignas(max_align_t) char data[];
};

void arena_finish(struct arena *arena)
{
	struct arena_chunk *chunk, *next;

	if (!arena)
		return;
	for (chunk = arena->chunks; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	memset(arena, 0, sizeof(*arena));
}

static void add_chunk(struct arena *arena, size_t size)
{
	/* Each chunk is as large as all before it, so that a large document takes few of them. */
	size_t space = arena->total > CHUNK_BYTES ? arena->total : CHUNK_BYTES;
	struct arena_chunk *chunk;

	if (space > 1024 * 1024)
		space = 1024 * 1024;
	if (space < size)
		space = size;
	chunk = xmalloc(sizeof(*chunk) + space);
	chunk->space = space;
	chunk->next = arena->chunks;
	arena->chunks = chunk;
	arena->total += space;
	arena->used = 0;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	size_t mask = alignof(max_align_t) - 1;
	void *p;

	size = (size + mask) & ~mask;
	if (!arena->chunks || arena->chunks->space - arena->used < size)
		add_chunk(arena, size);
	p = arena->chunks->data + arena->used;
	arena->used += size;
	return p;
}

void *arena_calloc(struct arena *arena, size_t count, size_t size)
{
	size_t total;
	void *p;

	if (__builtin_mul_overflow(count, size, &total))
		abort();
	p = arena_alloc(arena, total);
	memset(p, 0, total);
	return p;
}

char *arena_strndup(struct arena *arena, const char *s, size_t len)
{
	char *p;

	if (!s)
		return NULL;
	p = arena_alloc(arena, len + 1);
	memcpy(p, s, len);
	p[len] = '\0';
	return p;
}

char *arena_strdup(struct arena *arena, const char *s)
{
	return s ? arena_strndup(arena, s, strlen(s)) : NULL;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args, again;
	char *p;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0)
		abort();
	p = arena_alloc(arena, (size_t)len + 1);
	vsnprintf(p, (size_t)len + 1, format, again);
	va_end(again);
	return p;
}
