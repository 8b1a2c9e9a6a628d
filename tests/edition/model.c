#include "model.h"

#include "core/mem.h"

#define AT(h, m) (1795305600 + (h)*3600 + (m)*60) /* 2026-11-22, UTC */

static const char *const categories[] = {"Energy", "EU & neighbours", "energy"};
static const struct doc_enclosure enclosures[] = {
	{.url = "https://radio.example/harbour.mp3", .type = "audio/mpeg", .length = 24600000},
};

static const struct edition_item harbour[] = {
	{
		.id = 101,
		.title = "A harbour that never sleeps learns to be quiet",
		.url = "https://www.courier.example/harbour?a=1&b=2",
		.source = "The North Courier",
		.byline = "Ada Quill and Jon Reed",
		.language = "en",
		.html = "<p>For a hundred years the cranes of Lindholm have worked through the night. "
			"This winter they will stop at ten, and nobody in the town is sure what the "
			"silence will sound like.</p><p>The decision came after three votes, two "
			"resignations and <a href=\"https://www.courier.example/letters\">four "
			"hundred letters</a>, most of them written by people who had moved to the "
			"quay <em>because</em> of the noise &amp; the lights.</p><h2>What changes"
			"</h2><p>Ships that arrive after ten wait outside the breakwater until five. "
			"The port expects to lose three calls a week.</p><figure><img "
			"src=\"https://img.example/quay.jpg\" alt=\"The quay at dusk\" "
			"width=\"1200\" height=\"600\"><figcaption>The quay at dusk.</figcaption>"
			"</figure><blockquote><p>We will hear the sea again. I am not sure that we "
			"will like it.</p></blockquote><h4>The numbers</h4><table><tbody><tr><th>Year"
			"</th><th>Calls</th></tr><tr><td>2024</td><td>2,190</td></tr><tr><td>2025"
			"</td><td>2,044</td></tr></tbody></table><ul><li>Cranes: 14</li><li>Letters: "
			"412</li></ul><pre>22:00  last crane\n05:00  first ship</pre><p>In spring the "
			"council will count again.</p>",
		.excerpt = "For a hundred years the cranes of Lindholm have worked through the "
			   "night. This winter they will stop at ten.",
		.image = "https://img.example/crane.jpg",
		.categories = categories,
		.category_count = ARRAY_LEN(categories),
		.raised_by = "Harbours & <quays>",
		.published_at = AT(5, 40),
		.arrived_at = AT(5, 52),
		.words = 690,
		.minutes = 3,
		.quality = 0.9,
		.enclosures = enclosures,
		.enclosure_count = 1,
	},
	{
		.id = 102,
		.title = "Lindholm port falls silent at night",
		.url = "https://tidende.example/lindholm",
		.source = "Kysttidende",
		.published_at = AT(4, 10),
		.arrived_at = AT(4, 30),
		.words = 200,
		.minutes = 1,
	},
	{
		.id = 107,
		.title = "A Harbour that never sleeps learns to be quiet",
		.url = "https://wire.example/harbour",
		.source = "Wire & Sea",
		.published_at = AT(4, 20),
		.arrived_at = AT(4, 30),
		.words = 90,
		.minutes = 1,
	},
};

static const struct edition_item tax[] = {{
	.id = 103,
	.title = "Five <b>things</b> to know about the \"window tax\" [again] & *more*",
	.url = "https://ledger.example/tax/5",
	.named = "https://ledger.example/tax/5?utm_source=rss",
	.source = "Ledger & Sons",
	.byline = "M. O\xE2\x80\x99"
		  "Dell",
	.language = "en-GB",
	.html = "<p>Short answer: it is back. Long answer: read on.<br>It costs 3 &lt; 4.</p><ol>"
		"<li>It is old.</li><li>It is new.</li></ol><p><code>a_b*c</code></p>",
	.excerpt = "Short answer: it is back.",
	.published_at = AT(6, 5),
	.arrived_at = AT(6, 6),
	.words = 320,
	.minutes = 1,
	.quality = 0.7,
	.note = "Only the beginning: the rest is for subscribers.",
}};

static const struct edition_item persian[] = {{
	.id = 104,
	.title =
		"\xD8\xA8\xD9\x86\xD8\xAF\xD8\xB1\xDB\x8C \xDA\xA9\xD9\x87 \xD8\xA2\xD8\xB1\xD8\xA7"
		"\xD9\x85 \xD8\xB4\xD8\xAF",
	.url = "https://ruznama.example/1",
	.source = "Ruznama",
	.language = "fa",
	.html = "<p>\xD8\xA8\xD9\x86\xD8\xAF\xD8\xB1 \xD8\xA8\xD8\xB9\xD8\xAF \xD8\xA7\xD8\xB2 \xD8"
		"\xB3\xD8\xA7\xD8\xB9\xD8\xAA \xDB\xB1\xDB\xB0 \xD8\xA2\xD8\xB1\xD8\xA7\xD9\x85 "
		"\xD8\xA7\xD8\xB3\xD8\xAA.</p>",
	.excerpt =
		"\xD8\xA8\xD9\x86\xD8\xAF\xD8\xB1 \xD8\xA2\xD8\xB1\xD8\xA7\xD9\x85 \xD8\xA7\xD8\xB3"
		"\xD8\xAA.",
	.published_at = AT(1, 0),
	.arrived_at = AT(1, 30),
	.words = 150,
	.minutes = 1,
}};

static const struct edition_item chinese[] = {{
	.id = 105,
	.title = "\xE6\xB8\xAF\xE5\x8F\xA3\xE5\xAE\x89\xE9\x9D\x99\xE4\xB8\x8B\xE6\x9D\xA5",
	.url = "https://ribao.example/2",
	.source = "\xE6\xB5\xB7\xE5\xB2\xB8\xE6\x97\xA5\xE6\x8A\xA5",
	.language = "zh-Hans",
	.html = "<p>\xE6\xB8\xAF\xE5\x8F\xA3\xE6\x99\x9A\xE4\xB8\x8A\xE5\x8D\x81\xE7\x82\xB9\xE4\xB9"
		"\x8B\xE5\x90\x8E<em>\xE5\xAE\x89\xE9\x9D\x99</em>\xE4\xB8\x8B\xE6\x9D\xA5\xE3"
		"\x80\x82</p>",
	.published_at = DATE_NONE,
	.arrived_at = AT(2, 30),
	.words = 180,
	.minutes = 1,
}};

static const struct edition_item old[] = {{
	.id = 90,
	.title = "An essay from the shelf: on lighthouses",
	.url = "https://essays.example/light",
	.source = "Slow Essays",
	.language = "en",
	.html = "<p>A lighthouse is a promise made to strangers.</p>",
	.excerpt = "A lighthouse is a promise made to strangers.",
	.published_at = AT(9, 0) - 20 * 86400,
	.arrived_at = AT(3, 0),
	.words = 2600,
	.minutes = 11,
	.is_earlier = true,
}};

static const char *const added[] = {"The fares rise by a tenth & no more."};
static const char *const removed[] = {"The fares rise by a fifth."};
static const struct edition_changes changes = {
	"Ferry fares rise by a <fifth>", added, ARRAY_LEN(added), removed, ARRAY_LEN(removed)};

static const struct edition_item changed[] = {{
	.id = 77,
	.title = "Ferry fares rise by a tenth, not a fifth",
	.url = "https://tidende.example/ferry",
	.source = "Kysttidende",
	.language = "en",
	.html = "<p>An earlier version said a fifth.</p>",
	.excerpt = "The fares rise by a tenth.",
	.published_at = AT(3, 0) - 86400,
	.arrived_at = AT(4, 0),
	.words = 120,
	.minutes = 1,
	.is_update = true,
	.changes = &changes,
}};

static const struct edition_item moor[] = {{
	.id = 106,
	.title = "Das Moor misst sich selbst",
	.url = "https://forschung.example/moor",
	.source = "Forschung heute",
	.byline = "Ida Brandt",
	.language = "de",
	.html = "<p>Ein Netz aus Sonden misst, was das Moor atmet.</p><ul><li>Das <b>Wasser</b>"
		"</li></ul>",
	.excerpt = "Ein Netz aus Sonden misst, was das Moor atmet.",
	.image = "https://img.example/moor.jpg",
	.published_at = AT(2, 15),
	.arrived_at = AT(2, 30),
	.words = 690,
	.minutes = 3,
	.quality = 0.9,
}};

static const struct edition_story science[] = {{moor, 1, 1.7}};

static const struct edition_story europe[] = {
	{harbour, ARRAY_LEN(harbour), 3.2},
	{tax, 1, 1.4},
	{persian, 1, 1.2},
	{chinese, 1, 1.1},
	{old, 1, 1.6},
	{changed, 1, 0},
};

static const char *const notes[] = {
	"Kysttidende: failing since 20 November (HTTP 503).",
	"2 articles were dropped by the rule \"sponsored\" <b>.",
};
static const char *const all_notes[] = {"1 feed has been silent for 60 days: Old Gazette."};

static const struct edition_reference references[] = {
	{106, "Das Moor misst sich selbst", "Wissenschaft & Technik", "wissenschaft-technik", NULL},
	{61, "A <buoy> with a very long name is found where nobody had looked for it for years",
		"Asia-Pacific", "asia-pacific", "2026-11-21"},
};

static const struct edition_section sections[] = {
	{
		.id = 1,
		.title = "Europe",
		.slug = "europe",
		.language = "en",
		.previous = "2026-11-21",
		.window_from = AT(5, 30) - 86400,
		.print = PRINT_FULL,
		.stories = europe,
		.story_count = ARRAY_LEN(europe),
		.references = references,
		.reference_count = ARRAY_LEN(references),
		.item_count = 8,
		.source_count = 8,
		.words = 4060,
		.minutes = 18,
		.notes = notes,
		.front_notes = notes,
		.note_count = ARRAY_LEN(notes),
	},
	{
		.id = 2,
		.title = "Wissenschaft & Technik",
		.slug = "wissenschaft-technik",
		.language = "de",
		.window_from = AT(5, 30) - 86400,
		.print = PRINT_EXCERPT,
		.stories = science,
		.story_count = 1,
		.item_count = 1,
		.source_count = 1,
		.words = 690,
		.minutes = 3,
	},
	{
		.id = 3,
		.title = "Asia-Pacific",
		.slug = "asia-pacific",
		.language = "en",
		.window_from = AT(5, 30) - 86400,
		.print = PRINT_FULL,
	},
};

const struct edition *model_edition(void)
{
	static char name[] = "2026-11-22", zone[] = "Europe/Paris";
	static struct edition edition = {
		.row =
			{
				.id = 14,
				.from_seq = 900,
				.to_seq = 1000,
				.window_from = AT(5, 30) - 86400,
				.window_to = AT(5, 30),
				.item_count = 7,
				.published_at = 0,
			},
		.name = "diurna",
		.date = "2026-11-22",
		.version = "1.2.3",
		.language = "en",
		.previous = "2026-11-21",
		.sections = sections,
		.section_count = ARRAY_LEN(sections),
		.notes = all_notes,
		.note_count = ARRAY_LEN(all_notes),
	};

	edition.row.name = name;
	edition.row.timezone = zone;
	return &edition;
}
