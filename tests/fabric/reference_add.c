/* SPDX-License-Identifier: Apache-2.0 */
/* reference_add.c - the reference offers capacity, and hosts answer. */
#include "reference_private.h"

#include <string.h>

/* --- 5604h --------------------------------------------------------------- */

static uint16_t check_resources(const struct reference *r, unsigned head,
                                unsigned extents, unsigned tags)
{
    if (extents > ref_available_extents(r, head) ||
        tags > ref_available_tags(r))
        return DCD_RC_RESOURCES_EXHAUSTED;
    return ref_check_log(r, head, extents);
}

/* The extents become one group; cells are assigned if they were free. */
static void offer(struct reference *r, unsigned head,
                  const struct ref_range *list, unsigned count)
{
    r->groups++;
    for (unsigned i = 0; i < count; i++) {
        bool sharable =
            ref_sharable(r, head, (unsigned)ref_region_at(r, list[i].dpa));

        r->extents++;
        r->offer[r->offers++] =
            (struct ref_offer){head, r->groups, false, list[i]};
        for (unsigned c = ref_first_cell(r, &list[i]);
             c <= ref_last_cell(r, &list[i]); c++) {
            struct ref_cell *cell = &r->cell[c];

            cell->state[head] = REF_PENDING;
            if (cell->extent)
                continue;
            cell->extent = r->extents;
            cell->tag = list[i].tag;
            cell->sequence = list[i].sequence;
            cell->sharable = sharable;
        }
    }
    ref_tell_host(r, head, DCD_EVENT_ADD_CAPACITY, 0, list, count);
}

static bool alive(const struct reference *r, unsigned tag)
{
    struct ref_tag entry;

    return tag && ref_tag(r, tag, &entry);
}

/* What of a region is free, in maximal runs. */
static unsigned free_runs(const struct reference *r, unsigned region,
                          struct ref_range list[REF_LIST])
{
    const struct ref_region *g = &r->region[region];
    unsigned count = 0;
    bool in_run = false;

    for (unsigned c = g->first; c < g->first + g->cells; c++) {
        if (r->cell[c].extent) {
            in_run = false;
            continue;
        }
        if (!in_run)
            list[count++] = (struct ref_range){ref_dpa(r, c), 0, 0, 0};
        in_run = true;
        list[count - 1].length += g->cell;
    }
    return count;
}

/* Lowest blocks first; 0: there are not enough. */
static unsigned choose_free(struct ref_range list[REF_LIST], unsigned runs,
                            uint64_t length)
{
    for (unsigned i = 0; i < runs; i++) {
        if (list[i].length >= length) {
            list[i].length = length;
            return i + 1;
        }
        length -= list[i].length;
    }
    return 0;
}

/* The lowest run that fits; 0: there is none. */
static unsigned choose_contiguous(struct ref_range list[REF_LIST],
                                  unsigned runs, uint64_t length)
{
    for (unsigned i = 0; i < runs; i++) {
        if (list[i].length < length)
            continue;
        list[0] = list[i];
        list[0].length = length;
        return 1;
    }
    return 0;
}

static uint16_t add_of_region(struct reference *r, const struct ref_add *add)
{
    struct ref_range list[REF_LIST];
    bool sharable = ref_sharable(r, add->head, add->region);
    unsigned count;
    uint16_t rc;

    if (add->length == 0 || add->length % r->region[add->region].block ||
        (sharable && add->tag == 0) || alive(r, add->tag))
        return DCD_RC_INVALID_INPUT;
    count = free_runs(r, add->region, list);
    count = add->policy == DCD_ADD_FREE
                ? choose_free(list, count, add->length)
                : choose_contiguous(list, count, add->length);
    if (count == 0)
        return DCD_RC_RESOURCES_EXHAUSTED;
    for (unsigned i = 0; i < count; i++) {
        list[i].tag = add->tag;
        list[i].sequence = sharable ? i : 0;
    }
    rc = check_resources(r, add->head, count, add->tag != 0);
    if (rc == DCD_RC_SUCCESS)
        offer(r, add->head, list, count);
    return rc;
}

/* All extents of a sharable allocation by their sequence. */
static unsigned allocation(const struct reference *r, unsigned tag,
                           struct ref_range list[REF_LIST])
{
    unsigned count = 0;

    for (unsigned c = 0; c < r->cells; c++) {
        const struct ref_cell *cell = &r->cell[c];

        if (!cell->extent || cell->tag != tag)
            continue;
        if (c == 0 || r->cell[c - 1].extent != cell->extent) {
            list[cell->sequence] =
                (struct ref_range){ref_dpa(r, c), 0, tag, cell->sequence};
            count++;
        }
        list[cell->sequence].length += r->region[ref_region_of(r, c)].cell;
    }
    return count;
}

static uint16_t enable_shared_access(struct reference *r,
                                     const struct ref_add *add)
{
    struct ref_range list[REF_LIST];
    struct ref_tag tag;
    unsigned count;
    uint16_t rc;

    if (!ref_sharable(r, add->head, add->region) || add->tag == 0 ||
        !ref_tag(r, add->tag, &tag) || !tag.sharable ||
        (tag.references | tag.pending) >> add->head & 1)
        return DCD_RC_INVALID_INPUT;
    count = allocation(r, add->tag, list);
    if (ref_region_at(r, list[0].dpa) != (int)add->region)
        return DCD_RC_INVALID_INPUT;
    rc = check_resources(r, add->head, count, 0);
    if (rc == DCD_RC_SUCCESS)
        offer(r, add->head, list, count);
    return rc;
}

/* Blocks that the head has already, and any that are taken in a region that
 * it cannot share. */
static bool accessible(const struct reference *r, unsigned head,
                       const struct ref_range *range)
{
    bool sharable =
        ref_sharable(r, head, (unsigned)ref_region_at(r, range->dpa));

    for (unsigned c = ref_first_cell(r, range); c <= ref_last_cell(r, range);
         c++)
        if (sharable ? r->cell[c].state[head] != REF_NOTHING
                     : r->cell[c].extent != 0)
            return true;
    return false;
}

static bool is_sharable(const struct reference *r, const struct ref_add *add,
                        unsigned i)
{
    return ref_sharable(r, add->head,
                        (unsigned)ref_region_at(r, add->list[i].dpa));
}

/* What can be shared lies in one region, and its sequence counts the extents of
 * its tag before it. */
static uint16_t check_place(const struct reference *r,
                            const struct ref_add *add, unsigned i)
{
    const struct ref_range *e = &add->list[i];
    unsigned before = 0;

    for (unsigned k = 0; e->tag && k < i; k++) {
        const struct ref_range *other = &add->list[k];

        if (other->tag != e->tag)
            continue;
        before++;
        if ((is_sharable(r, add, i) || is_sharable(r, add, k)) &&
            ref_region_at(r, e->dpa) != ref_region_at(r, other->dpa))
            return DCD_RC_INVALID_EXTENT_LIST;
    }
    return is_sharable(r, add, i) && e->sequence != before
               ? DCD_RC_INVALID_EXTENT_LIST
               : DCD_RC_SUCCESS;
}

static unsigned new_tags(const struct ref_add *add)
{
    unsigned tags = 0;

    for (unsigned tag = 1; tag <= REF_NAMES; tag++) {
        bool used = false;

        for (unsigned i = 0; i < add->count; i++)
            used = used || add->list[i].tag == tag;
        tags += used;
    }
    return tags;
}

static uint16_t check_list(const struct reference *r, const struct ref_add *add)
{
    bool sound[REF_LIST];
    uint16_t rc = ref_check_form(r, add->list, add->count, sound);

    if (add->count == 0)
        return DCD_RC_INVALID_EXTENT_LIST;
    if (rc)
        return rc;
    for (unsigned i = 0; i < add->count; i++)
        if (accessible(r, add->head, &add->list[i]))
            return DCD_RC_INVALID_EXTENT_LIST;
    for (unsigned i = 0; i < add->count; i++)
        if ((is_sharable(r, add, i) && add->list[i].tag == 0) ||
            alive(r, add->list[i].tag))
            return DCD_RC_INVALID_INPUT;
    for (unsigned i = 0; i < add->count && rc == DCD_RC_SUCCESS; i++)
        rc = check_place(r, add, i);
    return rc;
}

static uint16_t add_list(struct reference *r, const struct ref_add *add)
{
    struct ref_range list[REF_LIST];
    uint16_t rc = check_list(r, add);

    if (rc)
        return rc;
    for (unsigned i = 0; i < add->count; i++) {
        list[i] = add->list[i];
        if (!is_sharable(r, add, i))
            list[i].sequence = 0;
        for (unsigned c = ref_first_cell(r, &list[i]);
             c <= ref_last_cell(r, &list[i]); c++)
            if (r->cell[c].extent)
                return DCD_RC_RESOURCES_EXHAUSTED;
    }
    rc = check_resources(r, add->head, add->count, new_tags(add));
    if (rc == DCD_RC_SUCCESS)
        offer(r, add->head, list, add->count);
    return rc;
}

uint16_t ref_add(struct reference *r, const struct ref_add *add)
{
    if (add->head >= r->config.heads ||
        add->policy > DCD_ADD_ENABLE_SHARED_ACCESS)
        return DCD_RC_INVALID_INPUT;
    if (add->policy == DCD_ADD_PRESCRIPTIVE)
        return add_list(r, add);
    if (add->region >= r->config.regions)
        return DCD_RC_INVALID_INPUT;
    return add->policy == DCD_ADD_ENABLE_SHARED_ACCESS
               ? enable_shared_access(r, add)
               : add_of_region(r, add);
}

/* --- 4802h --------------------------------------------------------------- */

static bool inside(const struct ref_range *inner, const struct ref_range *outer)
{
    return inner->dpa >= outer->dpa &&
           inner->dpa + inner->length <= outer->dpa + outer->length;
}

static const struct ref_range *offered(const struct reference *r,
                                       unsigned group,
                                       const struct ref_range *entry)
{
    for (unsigned i = 0; i < r->offers; i++)
        if (r->offer[i].group == group && inside(entry, &r->offer[i].range))
            return &r->offer[i].range;
    return NULL;
}

/* The entry lies in a later offer to this head, and touches no oldest one. */
static bool is_later(const struct reference *r, unsigned head, unsigned group,
                     const struct ref_range *entry)
{
    bool later = false;

    for (unsigned i = 0; i < r->offers; i++) {
        const struct ref_offer *o = &r->offer[i];

        if (o->group == group && ref_overlap(entry, &o->range))
            return false;
        later = later || (o->head == head && o->group != group &&
                          inside(entry, &o->range));
    }
    return later;
}

/* The answer is meant for later offers, and for those alone. */
static bool too_early(const struct reference *r, unsigned head, unsigned group,
                      const struct ref_range *list, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (!is_later(r, head, group, &list[i]))
            return false;
    return true;
}

static bool listed(const struct ref_range *range, const struct ref_range *list,
                   unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (list[i].dpa == range->dpa && list[i].length == range->length)
            return true;
    return false;
}

/* Of a sharable tag all extents are taken, and whole, or none. */
static bool takes_part(const struct reference *r, unsigned head, unsigned group,
                       const struct ref_range *offer,
                       const struct ref_range *list, unsigned count)
{
    if (!ref_sharable(r, head, (unsigned)ref_region_at(r, offer->dpa)))
        return false;
    for (unsigned i = 0; i < r->offers; i++)
        if (r->offer[i].group == group && r->offer[i].range.tag == offer->tag &&
            !listed(&r->offer[i].range, list, count))
            return true;
    return false;
}

static uint16_t check_response(const struct reference *r, unsigned head,
                               unsigned group, const struct ref_range *list,
                               unsigned count)
{
    bool sound[REF_LIST];
    uint16_t rc;
    unsigned offers = 0;

    for (unsigned i = 0; i < r->offers; i++)
        offers += r->offer[i].group == group;
    if (count + ref_tracked(r, head) - offers > r->config.extents)
        return DCD_RC_RESOURCES_EXHAUSTED;
    rc = ref_check_form(r, list, count, sound);
    for (unsigned i = 0; i < count && rc == DCD_RC_SUCCESS; i++) {
        const struct ref_range *o = offered(r, group, &list[i]);

        if (!o)
            rc = too_early(r, head, group, list, count)
                     ? DCD_RC_INVALID_INPUT
                     : DCD_RC_INVALID_PHYSICAL_ADDRESS;
        else if (takes_part(r, head, group, o, list, count))
            rc = DCD_RC_INVALID_EXTENT_LIST;
    }
    return rc;
}

static void accept(struct reference *r, unsigned head,
                   const struct ref_range *range)
{
    r->extents++;
    for (unsigned c = ref_first_cell(r, range); c <= ref_last_cell(r, range);
         c++) {
        r->cell[c].extent = r->extents;
        r->cell[c].state[head] = REF_ACCEPTED;
    }
}

uint16_t ref_respond(struct reference *r, unsigned head,
                     const struct ref_range *list, unsigned count)
{
    unsigned group = ref_group_of(r, head);
    struct ref_range accepted[REF_LIST];
    bool dead = false;
    uint16_t rc;

    if (count > r->config.extents) /* more than could ever be tracked */
        return DCD_RC_RESOURCES_EXHAUSTED;
    if (group == 0)
        return DCD_RC_INVALID_INPUT;
    ref_oldest_group(r, head, accepted, &dead);
    if (dead || count == 0) {
        ref_refuse_group(r, head, group);
        return count ? DCD_RC_INVALID_PHYSICAL_ADDRESS : DCD_RC_SUCCESS;
    }
    rc = check_response(r, head, group, list, count);
    if (rc)
        return rc;
    for (unsigned i = 0; i < count; i++) {
        const struct ref_range *o = offered(r, group, &list[i]);

        accepted[i] = (struct ref_range){list[i].dpa, list[i].length, o->tag,
                                         o->sequence};
        accept(r, head, &accepted[i]);
    }
    ref_end_group(r, group);
    ref_tell_fm(r, head, DCD_EVENT_ADD_RESPONSE, accepted, count);
    return DCD_RC_SUCCESS;
}
