#include "diurnad/storeq.h"

#include "core/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct note {
	struct storeq_msg msg; /* first member */
	char name[32];
	enum status says; /* what work answers */
	int refusals;     /* STATUS_IO that many times first */
	int *done;
	enum status *status;
	struct ev_loop *loop;
};

static enum status work(struct storeq_context *context, struct storeq_msg *msg)
{
	struct note *note = (struct note *)msg;
	enum status status = store_setting_set(context->store, note->name, "here");

	if (status != STATUS_OK)
		return status;
	if (note->refusals > 0) {
		note->refusals--;
		return STATUS_IO;
	}
	return note->says;
}

static void on_done(struct storeq_msg *msg)
{
	struct note *note = (struct note *)msg;

	(*note->done)++;
	*note->status = msg->status;
	free(note);
}

static void put(struct storeq *queue, const char *name, enum status says, int refusals, int *done,
	enum status *status)
{
	struct note *note = xcalloc(1, sizeof(*note));

	snprintf(note->name, sizeof(note->name), "%s", name);
	note->says = says;
	note->refusals = refusals;
	note->done = done;
	note->status = status;
	note->msg.work = work;
	note->msg.done = on_done;
	note->msg.bytes = 10;
	storeq_put(queue, &note->msg);
}

static bool is_stored(const char *path, const char *name)
{
	struct store *store = NULL;
	char *value = NULL;
	bool is_there;

	assert_int_equal(store_open(path, STORE_READ, &store, NULL), STATUS_OK);
	is_there = store_setting_get(store, name, &value) == STATUS_OK && value;
	free(value);
	store_close(store);
	return is_there;
}

static void remove_store(const char *path)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	char name[256];
	size_t i;

	for (i = 0; i < ARRAY_LEN(ends); i++) {
		snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		unlink(name);
	}
}

/*
 * A message that fails leaves nothing half done, its neighbours stay; one that meets a full disk
 * is done when there is room again; what waits at the end is still written.
 */
static void keeps_what_was_promised(void **state)
{
	struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
	char folder[] = "test-storeq-XXXXXX", path[64];
	enum status good = STATUS_BUSY, bad = STATUS_BUSY, late = STATUS_BUSY, last = STATUS_BUSY;
	struct storeq *queue = NULL;
	struct store *store = NULL;
	int done = 0;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/store.db", folder);
	assert_int_equal(store_open(path, STORE_WRITE, &store, NULL), STATUS_OK);
	assert_int_equal(storeq_new(loop, store, NULL, &queue), STATUS_OK);
	put(queue, "good", STATUS_OK, 0, &done, &good);
	put(queue, "bad", STATUS_SYNTAX, 0, &done, &bad);
	put(queue, "late", STATUS_OK, 1, &done, &late);
	assert_true(storeq_bytes(queue) > 0);
	while (done < 3)
		ev_run(loop, EVRUN_ONCE);
	assert_int_equal(storeq_waiting(queue), 0);
	assert_int_equal(storeq_bytes(queue), 0);
	assert_true(good == STATUS_OK && bad == STATUS_SYNTAX && late == STATUS_OK);
	assert_true(is_stored(path, "good"));
	assert_false(is_stored(path, "bad"));
	assert_true(is_stored(path, "late"));
	put(queue, "last", STATUS_OK, 0, &done, &last);
	storeq_free(queue);
	assert_int_equal(done, 4);
	assert_true(last == STATUS_OK && is_stored(path, "last"));
	ev_loop_destroy(loop);
	remove_store(path);
	rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(keeps_what_was_promised)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
