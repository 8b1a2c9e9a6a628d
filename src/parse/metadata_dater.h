/* What the steps of finding a page's date share: the days that are said, and where. */
#ifndef DIURNA_PARSE_METADATA_DATER_H
#define DIURNA_PARSE_METADATA_DATER_H

#include "parse/metadata.h"
#include "parse/metadata_date.h"

enum { DAY_S = 86400 };

/* A moment as a source gives it. */
struct moment {
	int64_t time_s; /* UTC; DATE_NONE: no date was understood */
	int offset_s;
	bool has_time;
	bool is_swappable; /* day and month may be exchanged */
};

struct day {
	int64_t day;
	uint8_t said[DATE_SOURCES];
	bool is_swapped;
	size_t block;         /* where people see it, the nearest to the headline; BLOCK_NONE */
	bool starts, is_time; /* of that place */
	bool labels[3];       /* enum label, anywhere */
};

enum label { LABEL_PUBLISHED, LABEL_UPDATED, LABEL_REVIEWED, LABEL_NONE };

struct dater {
	struct arena *arena;
	const struct metadata *meta;
	const struct page_blocks *blocks;
	const char *language; /* of the page; "": not looked at yet */
	int order;            /* of day and month in digits; above 0: day first; 0: not looked at */
	size_t headline;      /* block */
	struct day days[DAYS_MAX];
	size_t count;
	int64_t first[DATE_SOURCES]; /* the first day that each source says; DATE_NONE */
	size_t said[DATE_SOURCES];
};

/* Every day that the page names; arena, meta, blocks and headline are set, language is "". */
void dates_gather(struct dater *d, const struct job *job);
/* The DATE_X_COUNT numbers about one of them. */
void date_fill(const struct dater *d, const struct day *day, float *x);

/* Of times before the web, and of templates that nobody filled in, there is none. */
struct moment date_read_moment(const char *text);
/* The day of a moment in its own zone. */
int64_t date_of_moment(const struct moment *moment);
/* Day and month exchanged; false: they cannot be. */
bool date_swap(int64_t day, int64_t *swapped);
/* Blocks between one and the headline. */
size_t date_distance(const struct dater *d, size_t block);

#endif
