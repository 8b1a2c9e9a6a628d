#include "core/mem.h"
#include "parse/language.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char english[] =
	"The ferry left the harbour in the fog, and nobody on board was sure that it would be back "
	"by noon. It is not for the captain to say when the tide is with him; for that there are "
	"tables, and this one was of the year before. From the mole it was seen to turn twice.";
static const char german[] =
	"Die F\xC3\xA4hre verlie\xC3\x9F den Hafen im Nebel, und niemand auf dem Schiff war sicher, "
	"dass sie mit der Flut zur\xC3\xBC"
	"ck sein w\xC3\xBCrde. Es ist nicht an dem Kapit\xC3\xA4n, zu "
	"sagen, wann das Wasser mit ihm ist; f\xC3\xBCr das gibt es eine Tafel, und die war von dem "
	"Jahr davor. Auch im Ort sah man sich um, und der W\xC3\xA4rter war nicht auf der Mole.";
static const char french[] =
	"Le bateau a quitt\xC3\xA9 le port dans le brouillard, et personne \xC3\xA0 bord ne savait "
	"s'il serait de retour pour midi. Ce n'est pas au capitaine de dire quand la mar\xC3\xA9"
	"e est avec lui ; pour cela il y a des tables, et une table du bord est de plus sur le mur.";
static const char japanese[] =
	"\xE6\x97\xA5\xE6\x9C\xAC\xE3\x81\xAE\xE6\xB8\xAF\xE3\x81\xA7\xE3\x81\xAF\xE3\x80\x81"
	"\xE3\x81\x93\xE3\x81\xAE\xE6\x9C\x9D\xE3\x81\xAB\xE9\x9C\xA7\xE3\x81\x8C\xE3\x81\x82"
	"\xE3\x82\x8A\xE3\x81\xBE\xE3\x81\x97\xE3\x81\x9F";

static void texts_tell_their_language(void **state)
{
	static const struct {
		const char *text, *said, *want;
	} cases[] = {
		{english, NULL, "en"},
		{german, NULL, "de"},
		{french, NULL, "fr"},
		{japanese, NULL, "ja"},
		/* what is said is more exact where it fits */
		{english, "en-GB", "en-GB"},
		{german, "de-AT", "de-AT"},
		/* a template's language that nobody changed */
		{german, "en-US", "de"},
		{japanese, "en", "ja"},
		/* languages that we do not know are believed, and so is everybody on a short text
		 */
		{french, "oc", "oc"},
		{"Das ist ein Satz.", "en", "en"},
		{"Nevermore.", NULL, NULL},
		{"", "en", "en"},
		{NULL, "en", "en"},
		{NULL, NULL, NULL},
	};
	const char *got;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		got = language_of(cases[i].text, cases[i].said);
		if (!cases[i].want)
			assert_null(got);
		else
			assert_string_equal(got ? got : "none", cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_tell_their_language),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
