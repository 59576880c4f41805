/* SPDX-License-Identifier: Apache-2.0 */
/* paged_list.hpp - lists that are read page by page and may move meanwhile. */
#ifndef CXLDCD_INITIATORS_PAGED_LIST_HPP
#define CXLDCD_INITIATORS_PAGED_LIST_HPP

#include <cxldcd/cci_port.hpp>

#include <functional>

namespace dcd
{

/* Linux asks this often before it gives up on a list that keeps moving. */
const unsigned list_tries = 10;

/*
 * More than any payload has room for. Devices return what fits, and drivers
 * lean on that (CXL r3.1 8.2.9.9.9.2).
 */
const uint32_t list_page_size = 0xffff;

/* One page of 4801h, 5603h or 5608h, whose headers differ. */
template <class Item>
struct list_page {
    response answer;
    uint32_t returned = 0;
    uint32_t total = 0;
    uint32_t generation = 0;
    std::vector<Item> items;
};

template <class Item>
using page_reader = std::function<list_page<Item>(uint32_t start)>;

/*
 * The headers [Head] have fields of the same names; [from] converts an entry,
 * and a [noun] is what messages call it.
 */
template <class Head, class Wire, class Item>
list_page<Item> page_of(const response &answer, Item (*from)(const Wire &),
                        const char *noun)
{
    list_page<Item> page;
    Head head;
    Wire wire;

    page.answer = answer;
    if (!page.answer.ok())
        return page;
    if (!extract(page.answer.payload, 0, head)) {
        page.answer.fault = "the answer is too short for its header";
        return page;
    }
    page.returned = dcd_get32(head.returned);
    page.total = dcd_get32(head.total);
    page.generation = dcd_get32(head.generation);
    if (page.returned > (answer.payload.size() - sizeof(head)) / sizeof(wire)) {
        page.answer.fault = std::string("the answer is too short for the ") +
                            noun + "s it announces";
        return page;
    }
    for (size_t i = 0; i < page.returned; i++)
        if (extract(answer.payload, sizeof(head) + i * sizeof(wire), wire))
            page.items.push_back(from(wire));
    return page;
}

/* False: the list moved while it was read, and [items] are of no use. */
template <class Item>
bool read_list_once(const page_reader<Item> &read, response &answer,
                    uint32_t &generation, std::vector<Item> &items)
{
    list_page<Item> page = read(0);
    const uint32_t total = page.total;

    generation = page.generation;
    for (;;) {
        answer = page.answer;
        if (!page.answer.ok())
            return true;
        if (page.total != total || page.generation != generation)
            return false;
        items.insert(items.end(), page.items.begin(), page.items.end());
        if (items.size() >= total)
            return true;
        if (page.returned == 0) {
            answer.fault = "the list ends before its total";
            return true;
        }
        page = read(static_cast<uint32_t>(items.size()));
    }
}

/* Starts again, ten times at most, when the list moves between two pages. */
template <class Item>
void read_list(const char *noun, const page_reader<Item> &read,
               response &answer, uint32_t &generation, std::vector<Item> &items)
{
    for (unsigned i = 0; i < list_tries; i++) {
        items.clear();
        if (read_list_once(read, answer, generation, items))
            return;
    }
    items.clear();
    answer = faulty(std::string("the ") + noun +
                    " list changed while it was read, " +
                    std::to_string(list_tries) + " times");
}

} // namespace dcd

#endif
