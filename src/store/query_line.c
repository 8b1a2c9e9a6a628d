#include "store/query_line.h"

#include "store/labels.h"
#include "store/sql.h"

/* In the order of line_read. */
const char line_columns[] =
	"item.id, arrival.seq, item.title, item.url, coalesce(feed.name, feed.title, feed.url), "
	"feed.url, section.title, coalesce(item.author, article.byline), "
	"coalesce(article.language, item.language), coalesce(article.site, item.site), "
	"coalesce(article.image, item.image), article.excerpt, (SELECT edition.name "
	"FROM edition_item JOIN edition ON edition.id = edition_item.edition_id "
	"WHERE edition_item.item_id = item.id), item.published_at, "
	"coalesce(arrival.at, item.first_seen_at), article.words, article.quality, item.revision, "
	"item.starred, item.state = 'dropped', arrival.kind = 1, item.is_backlog, item.story_id, " ITEM_LABELS;

const char line_tables[] = " JOIN feed ON feed.id = item.feed_id "
			   "LEFT JOIN section ON section.id = item.section_id "
			   "LEFT JOIN article ON article.item_id = item.id";

void line_read(sqlite3_stmt *s, struct item_line *line)
{
	*line = (struct item_line){
		.id = sqlite3_column_int64(s, 0),
		.seq = sqlite3_column_int64(s, 1),
		.title = sql_text(s, 2),
		.url = sql_text(s, 3),
		.feed = sql_text(s, 4),
		.feed_url = sql_text(s, 5),
		.section = sql_text(s, 6),
		.author = sql_text(s, 7),
		.language = sql_text(s, 8),
		.site = sql_text(s, 9),
		.image = sql_text(s, 10),
		.excerpt = sql_text(s, 11),
		.edition = sql_text(s, 12),
		.published = sql_time(s, 13),
		.arrived = sqlite3_column_int64(s, 14),
		.words = sqlite3_column_int(s, 15),
		.quality = sqlite3_column_double(s, 16),
		.revision = sqlite3_column_int(s, 17),
		.is_starred = sqlite3_column_int(s, 18) != 0,
		.is_dropped = sqlite3_column_int(s, 19) != 0,
		.is_change = sqlite3_column_int(s, 20) != 0,
		.is_backlog = sqlite3_column_int(s, 21) != 0,
		.story = sqlite3_column_int64(s, 22),
		.labels = sql_text(s, 23),
		.snippet = sql_text(s, LINE_COLUMNS),
		.text = sql_text(s, LINE_COLUMNS + 1),
		.html = sql_text(s, LINE_COLUMNS + 2),
	};
}
