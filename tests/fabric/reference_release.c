/* SPDX-License-Identifier: Apache-2.0 */
/* reference_release.c - capacity comes back to the reference. */
#include "reference_private.h"

#include <string.h>

/* --- Taking accepted cells away ------------------------------------------ */

/* A deliberate mistake: whole extents instead of what was named. */
static void widen(const struct reference *r, struct ref_range *range)
{
    unsigned first = ref_first_cell(r, range);
    unsigned last = ref_last_cell(r, range);

    while (first > 0 && r->cell[first - 1].extent == r->cell[first].extent)
        first--;
    while (last + 1 < r->cells &&
           r->cell[last + 1].extent == r->cell[last].extent)
        last++;
    range->dpa = ref_dpa(r, first);
    range->length =
        ref_dpa(r, last) + r->region[ref_region_of(r, last)].cell - range->dpa;
}

/* The accepted cells of one range; the pieces go to [pieces]. */
static unsigned take(struct reference *r, unsigned head, struct ref_range range,
                     struct ref_range *pieces)
{
    unsigned count = 0;
    unsigned extent = 0;

    if (r->fault == REF_NEVER_SPLITS)
        widen(r, &range);
    for (unsigned c = ref_first_cell(r, &range); c <= ref_last_cell(r, &range);
         c++) {
        struct ref_cell *cell = &r->cell[c];

        if (cell->state[head] != REF_ACCEPTED) {
            extent = 0;
            continue;
        }
        count = ref_join(r, c, &extent, pieces, count);
        cell->state[head] = REF_NOTHING;
        if (r->fault == REF_FORGETS_SHARERS)
            memset(cell->state, 0, sizeof(cell->state));
    }
    return count;
}

static unsigned take_all(struct reference *r, unsigned head,
                         const struct ref_range *list, unsigned count,
                         struct ref_range pieces[REF_LIST])
{
    unsigned taken = 0;

    for (unsigned i = 0; i < count; i++)
        taken += take(r, head, list[i], pieces + taken);
    ref_settle(r);
    return taken;
}

static void mark(const struct reference *r, const struct ref_range *range,
                 bool marked[REF_CELLS])
{
    for (unsigned c = ref_first_cell(r, range); c <= ref_last_cell(r, range);
         c++)
        marked[c] = true;
}

/* --- Checks that 4803h and 5605h share ----------------------------------- */

static bool all_accepted(const struct reference *r, unsigned head,
                         const struct ref_range *range)
{
    for (unsigned c = ref_first_cell(r, range); c <= ref_last_cell(r, range);
         c++)
        if (r->cell[c].state[head] != REF_ACCEPTED)
            return false;
    return true;
}

/* [range] touches sharable cells of the head, and of all that belongs with
 * them - the extent, or everything the head has of the tag - some cells are
 * not covered. */
static bool leaves_part(const struct reference *r, unsigned head,
                        const struct ref_range *range,
                        const bool covered[REF_CELLS], bool by_extent)
{
    for (unsigned c = ref_first_cell(r, range); c <= ref_last_cell(r, range);
         c++) {
        const struct ref_cell *cell = &r->cell[c];

        if (!cell->sharable || cell->state[head] == REF_NOTHING)
            continue;
        for (unsigned k = 0; k < r->cells; k++) {
            const struct ref_cell *other = &r->cell[k];
            bool together = by_extent ? other->extent == cell->extent
                                      : other->extent && other->sharable &&
                                            other->tag == cell->tag;

            if (together && other->state[head] != REF_NOTHING && !covered[k])
                return true;
        }
    }
    return false;
}

/* --- 4803h --------------------------------------------------------------- */

/* For each entry in order: its blocks, what goes with them, the limit. */
static uint16_t check_release(const struct reference *r, unsigned head,
                              const struct ref_range *list, unsigned count)
{
    bool sound[REF_LIST];
    bool covered[REF_CELLS] = {false};
    bool gone[REF_CELLS] = {false};
    uint16_t rc = ref_check_form(r, list, count, sound);

    if (rc)
        return rc;
    for (unsigned i = 0; i < count; i++)
        mark(r, &list[i], covered);
    for (unsigned i = 0; i < count; i++) {
        if (!all_accepted(r, head, &list[i]))
            return DCD_RC_INVALID_PHYSICAL_ADDRESS;
        if (leaves_part(r, head, &list[i], covered, r->config.by_extent))
            return DCD_RC_INVALID_EXTENT_LIST;
        mark(r, &list[i], gone);
        if (ref_tracked_without(r, head, gone) > r->config.extents)
            return DCD_RC_RESOURCES_EXHAUSTED;
    }
    return DCD_RC_SUCCESS;
}

uint16_t ref_release(struct reference *r, unsigned head,
                     const struct ref_range *list, unsigned count)
{
    struct ref_range pieces[REF_LIST];
    uint16_t rc;

    if (count == 0)
        return DCD_RC_INVALID_INPUT;
    rc = check_release(r, head, list, count);
    if (rc)
        return rc;
    count = take_all(r, head, list, count, pieces);
    ref_tell_fm(r, head, DCD_EVENT_CAPACITY_RELEASED, pieces, count);
    return DCD_RC_SUCCESS;
}

/* --- 5605h --------------------------------------------------------------- */

static bool cannot_sanitize(const struct reference *r,
                            const struct ref_range *list, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        int region = ref_region_at(r, list[i].dpa);

        if (region >= 0 && r->config.region[region].sanitize == REF_NEVER)
            return true;
    }
    return false;
}

static bool touches_pending(const struct reference *r, unsigned head,
                            const struct ref_range *list, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        for (unsigned c = ref_first_cell(r, &list[i]);
             c <= ref_last_cell(r, &list[i]); c++)
            if (r->cell[c].state[head] == REF_PENDING)
                return true;
    return false;
}

static bool all_assigned(const struct reference *r, unsigned head,
                         const struct ref_range *list, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        for (unsigned c = ref_first_cell(r, &list[i]);
             c <= ref_last_cell(r, &list[i]); c++)
            if (r->cell[c].state[head] == REF_NOTHING)
                return false;
    return true;
}

/* Of what is sharable the well-formed entries name only a part. */
static bool names_part(const struct reference *r, unsigned head,
                       const struct ref_range *list, unsigned count,
                       const bool *sound)
{
    bool covered[REF_CELLS] = {false};

    for (unsigned i = 0; i < count; i++)
        if (sound[i])
            mark(r, &list[i], covered);
    for (unsigned i = 0; i < count; i++)
        if (sound[i] && leaves_part(r, head, &list[i], covered, false))
            return true;
    return false;
}

static bool splits_too_much(const struct reference *r, unsigned head,
                            const struct ref_range *list, unsigned count)
{
    bool gone[REF_CELLS] = {false};

    for (unsigned i = 0; i < count; i++) {
        mark(r, &list[i], gone);
        if (ref_tracked_without(r, head, gone) > r->config.extents)
            return true;
    }
    return false;
}

/* Since r4.0 what is pending can be withdrawn. */
static bool may_kill(const struct reference *r, const struct ref_take *take)
{
    return take->forced && r->config.revision >= 40;
}

/* The form is good. */
static uint16_t check_take(const struct reference *r,
                           const struct ref_take *take,
                           const struct ref_range *list, unsigned count,
                           bool longer)
{
    if (!may_kill(r, take) && touches_pending(r, take->head, list, count))
        return DCD_RC_INVALID_PHYSICAL_ADDRESS;
    if (!all_assigned(r, take->head, list, count))
        return DCD_RC_INVALID_EXTENT_LIST;
    if (longer || splits_too_much(r, take->head, list, count))
        return DCD_RC_RESOURCES_EXHAUSTED;
    return take->forced ? DCD_RC_SUCCESS : ref_check_log(r, take->head, count);
}

/* A group that is touched dies as a whole. */
static void kill_groups(struct reference *r, unsigned head,
                        const struct ref_range *list, unsigned count)
{
    for (unsigned i = 0; i < r->offers; i++)
        for (unsigned k = 0; k < count; k++)
            if (r->offer[i].head == head &&
                ref_overlap(&r->offer[i].range, &list[k]))
                for (unsigned o = 0; o < r->offers; o++)
                    if (r->offer[o].group == r->offer[i].group)
                        r->offer[o].dead = true;
}

static void carry_out(struct reference *r, const struct ref_take *what,
                      struct ref_range *list, unsigned count)
{
    struct ref_range pieces[REF_LIST];
    bool named[REF_CELLS] = {false};
    unsigned head = what->head;
    unsigned taken;

    for (unsigned i = 0; i < count; i++) {
        const struct ref_cell *cell = &r->cell[ref_first_cell(r, &list[i])];

        mark(r, &list[i], named);
        list[i].tag = cell->tag;
        list[i].sequence = cell->sequence;
    }
    for (unsigned c = 0; c < r->cells; c++)
        r->cell[c].wanted = r->cell[c].wanted || (what->sanitize && named[c]);
    if (!what->forced) {
        ref_tell_host(r, head, DCD_EVENT_RELEASE_CAPACITY, 0, list, count);
        return;
    }
    kill_groups(r, head, list, count);
    taken = take_all(r, head, list, count, pieces);
    ref_tell_host(r, head, DCD_EVENT_FORCED_RELEASE, 0, pieces, taken);
    ref_tell_fm(r, head, DCD_EVENT_CAPACITY_RELEASED, pieces, taken);
}

static uint16_t take_list(struct reference *r, const struct ref_take *take)
{
    struct ref_range list[REF_LIST];
    bool sound[REF_LIST];
    uint16_t rc;

    if (take->sanitize && cannot_sanitize(r, take->list, take->count))
        return DCD_RC_INVALID_INPUT;
    if (take->count == 0)
        return DCD_RC_INVALID_EXTENT_LIST;
    rc = ref_check_form(r, take->list, take->count, sound);
    if (names_part(r, take->head, take->list, take->count, sound))
        return DCD_RC_INVALID_INPUT;
    if (rc == DCD_RC_SUCCESS)
        rc = check_take(r, take, take->list, take->count, false);
    if (rc == DCD_RC_SUCCESS) {
        memcpy(list, take->list, take->count * sizeof(list[0]));
        carry_out(r, take, list, take->count);
    }
    return rc;
}

/* What the head has of a tag by rising DPA, accepted or pending, up to
 * [length] bytes; [left] of them are more than it has. */
static unsigned extents_of_tag(const struct reference *r,
                               const struct ref_take *take,
                               struct ref_range list[REF_LIST], uint64_t *left)
{
    unsigned count = 0;
    unsigned extent = 0;

    *left = take->length;
    for (unsigned c = 0; c < r->cells && *left; c++) {
        const struct ref_cell *cell = &r->cell[c];
        uint64_t size = r->region[ref_region_of(r, c)].cell;

        if (cell->state[take->head] == REF_NOTHING || cell->tag != take->tag) {
            extent = 0;
            continue;
        }
        if (cell->extent != extent)
            list[count++] =
                (struct ref_range){ref_dpa(r, c), 0, cell->tag, cell->sequence};
        extent = cell->extent;
        if (size > *left)
            size = *left;
        list[count - 1].length += size;
        *left -= size;
    }
    return count;
}

static uint16_t take_tag(struct reference *r, const struct ref_take *take)
{
    struct ref_range list[REF_LIST];
    bool sound[REF_LIST];
    uint64_t left;
    unsigned count;
    uint16_t rc;

    if (take->tag == 0 || take->length == 0)
        return DCD_RC_INVALID_INPUT;
    count = extents_of_tag(r, take, list, &left);
    if (count == 0 || (take->sanitize && cannot_sanitize(r, list, count)) ||
        ref_check_form(r, list, count, sound) || /* the last is cut badly */
        names_part(r, take->head, list, count, sound))
        return DCD_RC_INVALID_INPUT;
    rc = check_take(r, take, list, count, left > 0);
    if (rc == DCD_RC_SUCCESS)
        carry_out(r, take, list, count);
    return rc;
}

uint16_t ref_initiate_release(struct reference *r, const struct ref_take *take)
{
    if (take->head >= r->config.heads ||
        take->policy > DCD_RELEASE_PRESCRIPTIVE)
        return DCD_RC_INVALID_INPUT;
    return take->policy == DCD_RELEASE_PRESCRIPTIVE ? take_list(r, take)
                                                    : take_tag(r, take);
}

/* --- 5602h, 5606h, 5607h, reset ------------------------------------------ */

uint16_t ref_configure(struct reference *r, unsigned region, uint64_t block,
                       bool sanitize)
{
    const struct ref_region_config *config;
    const struct ref_range nothing = {0, 0, 0, 0};
    struct ref_region *g;

    if (region >= r->config.regions)
        return DCD_RC_INVALID_INPUT;
    config = &r->config.region[region];
    g = &r->region[region];
    for (unsigned c = g->first; c < g->first + g->cells; c++)
        if (r->cell[c].extent)
            return DCD_RC_UNSUPPORTED;
    if (sanitize != g->sanitize && config->sanitize != REF_CONFIGURABLE)
        return DCD_RC_UNSUPPORTED;
    if (block == 0 || block & (block - 1) ||
        !(block & (config->blocks ? config->blocks : config->block)))
        return DCD_RC_INVALID_INPUT;
    if (block == g->block && sanitize == g->sanitize)
        return DCD_RC_SUCCESS;
    g->block = block;
    g->sanitize = sanitize;
    for (unsigned head = 0; head < r->config.heads; head++)
        ref_tell_host(r, head, DCD_EVENT_REGION_UPDATED, region, &nothing, 1);
    return DCD_RC_SUCCESS;
}

uint16_t ref_add_reference(struct reference *r, unsigned tag)
{
    struct ref_tag entry;

    if (tag == 0 || !ref_tag(r, tag, &entry) || !entry.sharable)
        return DCD_RC_INVALID_INPUT;
    r->referenced[tag] = true;
    return DCD_RC_SUCCESS;
}

uint16_t ref_remove_reference(struct reference *r, unsigned tag)
{
    struct ref_tag entry;

    if (tag == 0 || !ref_tag(r, tag, &entry) || !entry.sharable)
        return DCD_RC_INVALID_INPUT;
    r->referenced[tag] = false;
    ref_settle(r);
    return DCD_RC_SUCCESS;
}

void ref_reset(struct reference *r, unsigned head)
{
    struct ref_range list[REF_LIST];
    struct ref_range pieces[REF_LIST];
    unsigned group;
    unsigned count;

    while ((group = ref_group_of(r, head)) != 0)
        ref_refuse_group(r, head, group);
    count = r->config.keep ? 0 : ref_list(r, head, list);
    take_all(r, head, list, count, pieces);
    ref_tell_fm(r, head, DCD_EVENT_CAPACITY_RELEASED, list, count);
    r->log[head].count = 0;
    r->log[head].lost = 0;
}
