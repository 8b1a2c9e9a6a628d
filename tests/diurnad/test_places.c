#include "core/mem.h"
#include "diurnad/places.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants those above first */
#include <cmocka.h>

static void knows_the_feeds_of_some_sites(void **state)
{
	static const struct {
		const char *url, *feed; /* NULL: no such site */
	} examples[] = {
		{"https://www.youtube.com/channel/UCx_-1/videos",
			"https://www.youtube.com/feeds/videos.xml?channel_id=UCx_-1"},
		{"https://youtube.com/playlist?list=PL1&x=2",
			"https://www.youtube.com/feeds/videos.xml?playlist_id=PL1"},
		{"https://www.youtube.com/@someone", NULL}, /* its page names the feed */
		{"https://old.reddit.com/r/C_Programming/top",
			"https://www.reddit.com/r/C_Programming/.rss"},
		{"https://www.reddit.com/r/a/top/.rss", NULL},
		{"https://github.com/a/b.c/releases", "https://github.com/a/b.c/releases.atom"},
		{"https://github.com/a/b/releases.atom", NULL},
		{"https://github.com/a", NULL},
		{"https://notreddit.com/r/a", NULL},
		{"https://reddit.com.example/r/a", NULL},
		{"reddit.com/r/a", NULL},
		{"https://www.reddit.com/r/%22x", NULL},
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(examples); i++) {
		struct buf feed = {0};

		assert_int_equal(places_known(examples[i].url, &feed), examples[i].feed != NULL);
		assert_string_equal(buf_text(&feed), examples[i].feed ? examples[i].feed : "");
		buf_finish(&feed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(knows_the_feeds_of_some_sites)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
