# SPDX-License-Identifier: MIT
"""nghttp, the reference client, fetches from h2-server."""
import re
import unittest

from harness import digest, find, fixture, main, space
from server_cases import ServerCases


class Nghttp(ServerCases, unittest.TestCase):
    options = ("--echo-upload",)

    def nghttp(self, *options):
        return self.run_ok(find("nghttp"), "--no-verify-peer", *options)

    def test_files_arrive_unchanged(self):
        for url in self.urls():
            result = self.nghttp(f"{url}/empty", f"{url}/one")
            self.assertEqual(result.out, fixture("one"))
            self.assertEqual(digest(self.nghttp(f"{url}/big").out), digest(fixture("big")))

    def test_many_requests_on_one_connection(self):
        for url in self.urls("/frame"):
            text = self.nghttp("-nv", "-m", "90", url).text
            self.assertEqual(text.count(" :status: 200"), 90)
            self.assertEqual(text.count("recv SETTINGS frame <length=0, flags=0x01"), 1)

    def test_small_windows(self):
        for url in self.urls("/big"):
            for options in (("-w", "10"), ("-W", "12"), ("-w", "30", "-W", "30")):
                self.assertEqual(digest(self.nghttp(*options, url).out), digest(fixture("big")))

    def test_padded_frames_and_split_field_blocks(self):
        for url in self.urls("/one"):
            text = self.nghttp("-nv", "-b", "200", "--continuation", url).text
            length = re.search(r"send HEADERS frame <length=(\d+)", text).group(1)
            self.assertGreater(int(length), 16384)  # more than fits in one frame
            self.assertIn(" :status: 200", text)

    def test_upload_with_padding_and_trailer_comes_back(self):
        for url in self.urls("/one"):
            result = self.nghttp("-b", "100", "--trailer", "x-trailer: at the end",
                                 "-d", space().join("www", "big"), url)
            self.assertEqual(digest(result.out), digest(fixture("big")))

    def test_header_tables_of_several_sizes(self):
        for url in self.urls("/one"):
            for size in ("0", "100", "65536"):
                text = self.nghttp("-nv", "-c", size, *[url] * 5).text
                self.assertEqual(text.count(" :status: 200"), 1, text)  # nghttp asks once a URI
            text = self.nghttp("-nv", "-c", "65536", "-c", "0", "-m", "5", url).text
            self.assertEqual(text.count(" :status: 200"), 5, text)

    def test_settings_and_end_are_in_order(self):
        for url in self.urls("/one"):
            text = self.nghttp("-nv", url).text
            self.assertIn("recv SETTINGS frame", text)
            self.assertNotIn("RST_STREAM", text)
            self.assertNotIn("recv GOAWAY", text)


if __name__ == "__main__":
    main("nghttp")
