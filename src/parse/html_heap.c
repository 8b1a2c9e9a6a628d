#include "config.h"

#include "parse/html_heap.h"

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/xmlmemory.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
	REGION_BYTES = 8 << 20, /* pages of 700 KB fit */
	KEPT_BYTES = 4 << 20,   /* of it from one page to the next */
	UNIT = 8,               /* what pieces are aligned to, and the size before each */
#ifdef SANITIZED
	HAS_REGION = 0, /* sanitizers are to see every piece */
#else
	HAS_REGION = 1,
#endif
};

/* Not touched, it takes no memory. */
static _Alignas(4096) char region[REGION_BYTES];

static struct {
	size_t used;
	bool is_prepared, is_open;
	bool is_spilled; /* something lies outside */
} heap;

static bool is_inside(const void *ptr)
{
	uintptr_t at = (uintptr_t)ptr, start = (uintptr_t)region;

	return at >= start && at < start + REGION_BYTES;
}

static size_t size_of(const void *ptr)
{
	size_t size;

	memcpy(&size, (const char *)ptr - UNIT, sizeof(size));
	return size;
}

static void set_size(void *ptr, size_t size)
{
	memcpy((char *)ptr - UNIT, &size, sizeof(size));
}

/* With the size before it, in whole units; 0: more than there can be. */
static size_t rounded(size_t size)
{
	return size < REGION_BYTES ? (size + UNIT - 1) / UNIT * UNIT : 0;
}

static bool is_last(const void *ptr)
{
	return (const char *)ptr + size_of(ptr) == region + heap.used;
}

static void *heap_alloc(size_t size)
{
	size_t whole = rounded(size);
	char *ptr;

	if (!heap.is_open)
		return malloc(size);
	if ((whole == 0 && size > 0) || whole + UNIT > REGION_BYTES - heap.used) {
		heap.is_spilled = true;
		return malloc(size);
	}
	ptr = region + heap.used + UNIT;
	heap.used += whole + UNIT;
	set_size(ptr, whole);
	return ptr;
}

static void heap_free(void *ptr)
{
	if (!is_inside(ptr))
		free(ptr);
	else if (is_last(ptr))
		heap.used -= size_of(ptr) + UNIT;
}

static void *heap_realloc(void *ptr, size_t size)
{
	size_t old, whole = rounded(size);
	void *to;

	if (!ptr)
		return heap_alloc(size);
	if (!is_inside(ptr))
		return realloc(ptr, size);
	old = size_of(ptr);
	if (whole > 0 && is_last(ptr) && whole <= REGION_BYTES - (heap.used - old)) {
		heap.used = heap.used - old + whole;
		set_size(ptr, whole);
		return ptr;
	}
	if (size <= old)
		return ptr;
	to = heap_alloc(size);
	if (to) {
		memcpy(to, ptr, old);
		heap_free(ptr);
	}
	return to;
}

static char *heap_strdup(const char *s)
{
	size_t size = strlen(s) + 1;
	char *to = heap_alloc(size);

	return to ? memcpy(to, s, size) : NULL;
}

void html_heap_prepare(void)
{
	static const char page[] = "<p>a";

	heap.is_prepared =
		HAS_REGION && xmlMemSetup(heap_free, heap_alloc, heap_realloc, heap_strdup) == 0;
	xmlInitParser();
	/* what libxml2 makes once, when it is first needed, and keeps */
	xmlFreeDoc(htmlReadMemory(page, sizeof(page) - 1, NULL, "UTF-8", HTML_PARSE_NONET));
}

void html_heap_begin(void)
{
	heap.is_open = heap.is_prepared;
}

bool html_heap_holds_all(void)
{
	return heap.is_open && !heap.is_spilled;
}

void html_heap_end(void)
{
	if (!heap.is_open)
		return;
	xmlResetLastError();
	if (heap.used > KEPT_BYTES)
		madvise(region + KEPT_BYTES, REGION_BYTES - KEPT_BYTES, MADV_DONTNEED);
	heap.used = 0;
	heap.is_open = heap.is_spilled = false;
}
