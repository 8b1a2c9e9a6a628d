#include "cli/diff.h"

#include "cli/out.h"
#include "core/mem.h"
#include "core/str.h"

#include <stdlib.h>
#include <string.h>

enum {
	CONTEXT = 6,                  /* words that are shown around a change */
	CELLS_MAX = 16 * 1024 * 1024, /* of the table; larger changes are shown as a whole */
};

struct word {
	const char *text; /* into the text */
	size_t len;
	bool ends_line; /* a line end follows */
};

struct words {
	struct word *list;
	size_t count, space;
};

enum change { CHANGE_NONE, CHANGE_GONE, CHANGE_NEW };

/* The words of both texts in the order they are shown. */
struct step {
	const struct word *word;
	enum change change;
};

struct steps {
	struct step *list;
	size_t count, space;
};

static void cut(const char *text, struct words *words)
{
	text = text ? text : "";
	text += strspn(text, " \t\r\n");
	while (*text) {
		size_t len = strcspn(text, " \t\r\n"), gap = strspn(text + len, " \t\r\n");

		ARRAY_GROW(words->list, words->count, words->space);
		words->list[words->count++] =
			(struct word){text, len, memchr(text + len, '\n', gap) != NULL};
		text += len + gap;
	}
}

static bool same(const struct word *a, const struct word *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

static void add(struct steps *steps, const struct word *word, enum change change)
{
	ARRAY_GROW(steps->list, steps->count, steps->space);
	steps->list[steps->count++] = (struct step){word, change};
}

/* The longest common subsequence of what lies between the same beginnings and ends. */
static void compare(
	const struct word *a, size_t n, const struct word *b, size_t m, struct steps *steps)
{
	uint16_t *table = xcalloc((n + 1) * (m + 1), sizeof(*table));
	size_t i, j;

#define CELL(i, j) table[(i) * (m + 1) + (j)]
	for (i = n; i-- > 0;)
		for (j = m; j-- > 0;)
			CELL(i, j) = same(&a[i], &b[j]) ? (uint16_t)(CELL(i + 1, j + 1) + 1)
				     : CELL(i + 1, j) >= CELL(i, j + 1) ? CELL(i + 1, j)
									: CELL(i, j + 1);
	for (i = j = 0; i < n && j < m;) {
		if (same(&a[i], &b[j])) {
			add(steps, &b[j++], CHANGE_NONE);
			i++;
		} else if (CELL(i + 1, j) >= CELL(i, j + 1)) {
			add(steps, &a[i++], CHANGE_GONE);
		} else {
			add(steps, &b[j++], CHANGE_NEW);
		}
	}
#undef CELL
	free(table);
	for (; i < n; i++)
		add(steps, &a[i], CHANGE_GONE);
	for (; j < m; j++)
		add(steps, &b[j], CHANGE_NEW);
}

static void find_steps(const struct words *a, const struct words *b, struct steps *steps)
{
	size_t start = 0, end = 0, i;
	size_t least = a->count < b->count ? a->count : b->count;
	size_t n, m;

	while (start < least && same(&a->list[start], &b->list[start]))
		start++;
	while (end < least - start &&
		same(&a->list[a->count - 1 - end], &b->list[b->count - 1 - end]))
		end++;
	n = a->count - start - end;
	m = b->count - start - end;
	for (i = 0; i < start; i++)
		add(steps, &b->list[i], CHANGE_NONE);
	if (n > 0 && m > 0 && n < UINT16_MAX && m < UINT16_MAX && (n + 1) * (m + 1) <= CELLS_MAX) {
		compare(a->list + start, n, b->list + start, m, steps);
	} else {
		for (i = 0; i < n; i++)
			add(steps, &a->list[start + i], CHANGE_GONE);
		for (i = 0; i < m; i++)
			add(steps, &b->list[start + i], CHANGE_NEW);
	}
	for (i = b->count - end; i < b->count; i++)
		add(steps, &b->list[i], CHANGE_NONE);
}

/* A change is near: within CONTEXT words. */
static bool is_near(const struct steps *steps, size_t at)
{
	size_t from = at > CONTEXT ? at - CONTEXT : 0;

	for (size_t i = from; i < steps->count && i <= at + CONTEXT; i++)
		if (steps->list[i].change != CHANGE_NONE)
			return true;
	return false;
}

static void put_word(const struct word *word, struct buf *to)
{
	struct buf one = {0};

	buf_put(&one, word->text, word->len);
	out_safe(to, buf_text(&one));
	buf_finish(&one);
}

static void put_mark(enum change change, bool begins, struct buf *to)
{
	if (change == CHANGE_NONE)
		return;
	if (begins)
		buf_printf(to, "%s%s", out_style(change == CHANGE_GONE ? OUT_BAD : OUT_GOOD),
			change == CHANGE_GONE ? "[-" : "{+");
	else
		buf_printf(to, "%s%s", change == CHANGE_GONE ? "-]" : "+}", out_end());
}

static bool write_steps(const struct steps *steps, struct buf *to)
{
	enum change last = CHANGE_NONE;
	bool is_changed = false, has_gap = false, at_start = true;

	for (size_t i = 0; i < steps->count; i++) {
		const struct step *step = &steps->list[i];

		if (!is_near(steps, i)) {
			has_gap = true;
			continue;
		}
		is_changed = true;
		if (step->change != last)
			put_mark(last, false, to);
		if (has_gap)
			buf_puts(to, at_start ? "\xE2\x80\xA6 " : " \xE2\x80\xA6 ");
		else if (!at_start)
			buf_putc(to, ' ');
		if (step->change != last || has_gap)
			put_mark(step->change, true, to);
		put_word(step->word, to);
		last = step->change;
		has_gap = at_start = false;
		if (step->word->ends_line && last == CHANGE_NONE) {
			buf_putc(to, '\n');
			at_start = true;
		}
	}
	put_mark(last, false, to);
	if (is_changed)
		buf_puts(to, has_gap ? " \xE2\x80\xA6\n" : at_start ? "" : "\n");
	return is_changed;
}

bool diff_words(const char *before, const char *after, struct buf *to)
{
	struct words a = {0}, b = {0};
	struct steps steps = {0};
	bool is_changed;

	cut(before, &a);
	cut(after, &b);
	find_steps(&a, &b, &steps);
	is_changed = write_steps(&steps, to);
	free(a.list);
	free(b.list);
	free(steps.list);
	return is_changed;
}
