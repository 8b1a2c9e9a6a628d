/* The format is described at https://www.sqlite.org/fileformat2.html#walformat. */
#include "store/leaves_log.h"

#include "core/mem.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	HEADER_BYTES = 32,
	FRAME_BYTES = 24, /* before each page */
	SUMMED_HEADER = 24,
	SUMMED_FRAME = 8,
	SALTS_AT = 8, /* in a frame's header; in that of the file at twice that */
	SALT_BYTES = 8,
	PAGE_MIN = 512,
	PAGE_MAX = 65536,
};
static const uint32_t magic = 0x377F0682; /* one more: sums over big-endian words */

struct log_page {
	uint32_t number;
	uint32_t frame; /* later ones count */
	off_t at;
};

struct sum {
	bool is_big;
	uint32_t a, b;
};

static uint32_t big(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint32_t word(const struct sum *sum, const uint8_t *p)
{
	const uint8_t turned[] = {p[3], p[2], p[1], p[0]};

	return big(sum->is_big ? p : turned);
}

static void add(struct sum *sum, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i + 8 <= len; i += 8) {
		sum->a += word(sum, p + i) + sum->b;
		sum->b += word(sum, p + i + 4) + sum->a;
	}
}

/* Whether the sums that follow are those so far. */
static bool is_sum(const struct sum *sum, const uint8_t *p)
{
	return big(p) == sum->a && big(p + 4) == sum->b;
}

static bool read_header(struct leaves_log *log, uint8_t *header, struct sum *sum)
{
	if (pread(log->fd, header, HEADER_BYTES, 0) != HEADER_BYTES ||
		(big(header) & ~UINT32_C(1)) != magic)
		return false;
	log->page_size = big(header + 8);
	*sum = (struct sum){.is_big = big(header) & 1};
	add(sum, header, SUMMED_HEADER);
	return is_sum(sum, header + SUMMED_HEADER) && log->page_size >= PAGE_MIN &&
	       log->page_size <= PAGE_MAX && (log->page_size & (log->page_size - 1)) == 0;
}

/* Frames that belong to this log, as far as each sum is right; count: those up to the last commit.
 */
static void read_frames(struct leaves_log *log, const uint8_t *header, struct sum sum)
{
	size_t bytes = FRAME_BYTES + log->page_size, count = 0, space = 0;
	uint8_t *frame = xcalloc(1, bytes);
	off_t at = HEADER_BYTES;

	for (; pread(log->fd, frame, bytes, at) == (ssize_t)bytes; at += (off_t)bytes) {
		add(&sum, frame, SUMMED_FRAME);
		add(&sum, frame + FRAME_BYTES, log->page_size);
		if (memcmp(frame + SALTS_AT, header + 2 * (size_t)SALTS_AT, SALT_BYTES) != 0 ||
			!is_sum(&sum, frame + SALTS_AT + SALT_BYTES))
			break;
		ARRAY_GROW(log->pages, count, space);
		log->pages[count] =
			(struct log_page){big(frame), (uint32_t)count, at + FRAME_BYTES};
		count++;
		if (big(frame + 4) > 0) {
			log->page_count = big(frame + 4);
			log->count = count;
		}
	}
	free(frame);
}

/* By number, the last frame of each first. */
static int compare(const void *a, const void *b)
{
	const struct log_page *p = a, *q = b;

	if (p->number != q->number)
		return p->number < q->number ? -1 : 1;
	return p->frame > q->frame ? -1 : p->frame < q->frame;
}

bool leaves_log_open(struct leaves_log *log, const char *path)
{
	uint8_t header[HEADER_BYTES];
	struct sum sum;

	*log = (struct leaves_log){.fd = open(path, O_RDONLY | O_CLOEXEC)};
	if (log->fd >= 0 && read_header(log, header, &sum))
		read_frames(log, header, sum);
	if (log->count > 0)
		qsort(log->pages, log->count, sizeof(*log->pages), compare);
	return log->count > 0;
}

bool leaves_log_read(const struct leaves_log *log, uint32_t number, uint8_t *page)
{
	size_t low = 0, high = log->count, middle;

	while (low < high) { /* the first that is not below */
		middle = low + (high - low) / 2;
		if (log->pages[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < log->count && log->pages[low].number == number &&
	       pread(log->fd, page, log->page_size, log->pages[low].at) == (ssize_t)log->page_size;
}

void leaves_log_close(struct leaves_log *log)
{
	if (log->fd >= 0)
		close(log->fd);
	free(log->pages);
	*log = (struct leaves_log){.fd = -1};
}
