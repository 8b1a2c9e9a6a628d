#include "store/relevance.h"

#include "core/mem.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

static const double k1 = 1.2, b = 0.75;

/* Of one query, made when its first row is rated. */
struct query {
	double usual_size; /* words of a row, on average */
	int count;         /* phrases */
	double *places;    /* of each in the row that is rated, weighted */
	double rarity[];   /* of each */
};

/* Rows that have a phrase, from the first on. */
struct sample {
	int64_t rows, first, last; /* ids of the rows */
};

static int take_row(const Fts5ExtensionApi *fts, Fts5Context *row, void *context)
{
	struct sample *sample = context;

	sample->last = fts->xRowid(row);
	if (sample->rows++ == 0)
		sample->first = sample->last;
	return sample->rows < RELEVANCE_SAMPLE ? SQLITE_OK : SQLITE_DONE;
}

/* The inverse document frequency, which is never negative. */
static double rarity(const struct sample *sample, double rows)
{
	double having = (double)sample->rows;

	if (sample->rows >= RELEVANCE_SAMPLE)
		having = fmax(having, rows * having / (double)(sample->last - sample->first + 1));
	having = fmin(having, rows);
	return log(1 + (rows - having + 0.5) / (having + 0.5));
}

static int query_new(const Fts5ExtensionApi *fts, Fts5Context *row, struct query **made)
{
	int i, count = fts->xPhraseCount(row);
	struct query *query =
		xcalloc(1, sizeof(*query) + 2 * (size_t)count * sizeof(query->rarity[0]));
	sqlite3_int64 rows = 0, words = 0;
	int result = fts->xRowCount(row, &rows);

	query->count = count;
	query->places = query->rarity + count;
	if (result == SQLITE_OK)
		result = fts->xColumnTotalSize(row, -1, &words);
	query->usual_size = words > 0 && rows > 0 ? (double)words / (double)rows : 1;
	for (i = 0; result == SQLITE_OK && i < count; i++) {
		struct sample sample = {0};

		result = fts->xQueryPhrase(row, i, &sample, take_row);
		query->rarity[i] = rarity(&sample, (double)rows);
	}
	if (result == SQLITE_OK)
		result = fts->xSetAuxdata(row, query, free);
	else
		free(query);
	*made = query;
	return result;
}

static int count_places(const Fts5ExtensionApi *fts, Fts5Context *row, struct query *query,
	int weight_count, sqlite3_value **weights)
{
	int i, count, phrase, column, offset, result = fts->xInstCount(row, &count);

	for (i = 0; i < query->count; i++)
		query->places[i] = 0;
	for (i = 0; result == SQLITE_OK && i < count; i++) {
		result = fts->xInst(row, i, &phrase, &column, &offset);
		if (result == SQLITE_OK)
			query->places[phrase] +=
				column < weight_count ? sqlite3_value_double(weights[column]) : 1;
	}
	return result;
}

static void relevance(const Fts5ExtensionApi *fts, Fts5Context *row, sqlite3_context *context,
	int weight_count, sqlite3_value **weights)
{
	struct query *query = fts->xGetAuxdata(row, 0);
	double worth = 0, length;
	int i, size = 0, result = SQLITE_OK;

	if (!query)
		result = query_new(fts, row, &query);
	if (result == SQLITE_OK)
		result = count_places(fts, row, query, weight_count, weights);
	if (result == SQLITE_OK)
		result = fts->xColumnSize(row, -1, &size);
	if (result != SQLITE_OK) {
		sqlite3_result_error_code(context, result);
		return;
	}
	length = k1 * (1 - b + b * size / query->usual_size);
	for (i = 0; i < query->count; i++)
		worth += query->rarity[i] * query->places[i] * (k1 + 1) /
			 (query->places[i] + length);
	sqlite3_result_double(context, -worth);
}

int relevance_create(fts5_api *api)
{
	return api->xCreateFunction(api, "relevance", NULL, relevance, NULL);
}
