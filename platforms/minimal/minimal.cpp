/* SPDX-License-Identifier: Apache-2.0 */
/* minimal.cpp - the README's platform: a device, a host, a fabric manager. */
#define SC_INCLUDE_DYNAMIC_PROCESSES
#include <cxldcd/device.hpp>
#include <cxldcd/fm_initiator.hpp>
#include <cxldcd/host_initiator.hpp>

int sc_main(int, char **)
{
    dcd_config config;
    dcd_config_init(&config);
    config.region_count = 1;
    config.regions[0].length = 1 * DCD_GIB;
    config.regions[0].block_size = 2 * DCD_MIB;
    dcd::device device("device", config);

    dcd::host_initiator host("host"); // or your CPU's own sockets
    host.mem.bind(device.head[0].mem);
    host.mmio.bind(device.head[0].mmio);
    host.cfg.bind(device.head[0].cfg);
    dcd::fm_initiator fm("fm");
    fm.fm.bind(device.fm);

    char text[6] = "";
    sc_core::sc_spawn([&] {
        host.boot({{0x100000000, 1 * DCD_GIB}}); // one HDM decoder
        dcd::add_request add;
        add.policy = DCD_ADD_PRESCRIPTIVE;
        add.extents = {{0, 128 * DCD_MIB}};
        dcd::initiate_add(fm, add);                             // 5604h
        host.send_extents(DCD_OP_ADD_DC_RESPONSE, add.extents); // 4802h
        char hello[] = "hello";
        host.write(0x100000000, hello, 6);
        host.read(0x100000000, text, 6);
    });
    sc_core::sc_start();
    return std::string(text) == "hello" ? 0 : 1;
}
