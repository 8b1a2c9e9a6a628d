#include "diurnad/heap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { NODES = 1000 };

/* Random puts, moves and removals; the first one is always the one due first. */
static void gives_what_is_due_first(void **state)
{
	struct heap heap = {0};
	struct heap_node nodes[NODES] = {{0}};
	uint32_t random = 1;
	int64_t before = 0;
	size_t i, left = 0;

	(void)state;
	for (i = 0; i < 10 * NODES; i++) {
		struct heap_node *node;

		random = random * 1664525 + 1013904223;
		node = &nodes[random >> 8 & 0x3FF ? (random >> 8) % NODES : 0];
		if (random >> 28 == 0)
			heap_remove(&heap, node);
		else
			heap_set(&heap, node, (int64_t)(random >> 12 & 0xFFFF));
	}
	for (i = 0; i < NODES; i++)
		left += nodes[i].place != 0;
	assert_int_equal(heap.count, left);
	while (heap_first(&heap)) {
		assert_true(heap_first(&heap)->due_at >= before);
		before = heap_first(&heap)->due_at;
		heap_remove(&heap, heap_first(&heap));
		left--;
	}
	assert_int_equal(left, 0);
	heap_finish(&heap);
}

static void removes_only_what_is_in(void **state)
{
	struct heap heap = {0};
	struct heap_node a = {0}, b = {0};

	(void)state;
	heap_remove(&heap, &a);
	heap_set(&heap, &a, 5);
	heap_set(&heap, &b, 3);
	heap_shift(&heap, -10);
	assert_ptr_equal(heap_first(&heap), &b);
	assert_int_equal(a.due_at, -5);
	assert_int_equal(b.due_at, -7);
	heap_remove(&heap, &b);
	heap_remove(&heap, &b);
	assert_ptr_equal(heap_first(&heap), &a);
	assert_int_equal(heap.count, 1);
	heap_finish(&heap);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_what_is_due_first),
		cmocka_unit_test(removes_only_what_is_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
