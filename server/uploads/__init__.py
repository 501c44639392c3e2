"""What is done to the bytes of a file before anybody else sees it. Nothing here knows tickets, people or the database.

::

    sniff.examine(path, ".docx") -> Examined      are the bytes what the name says? Runs in a thread, needs no loop
        ├── text       .txt .log .cfg
        ├── pdf        .pdf
        ├── compound   .doc .xls .ppt .pps        OLE files of the years before 2007
        ├── office     .docx .xlsx .pptx .ppsx .odt
        │     └── archive                         a ZIP that is walked, and unpacked to nowhere
        ├── archive    .zip
        ├── rar        .rar
        └── picture    .jpeg .png .gif .bmp .tiff, .heic .webp .avif: the container, not yet the pixels
    images.Pictures().redraw(path, ".png", into, max_pixels) -> Redrawn
        └── drawing    the process that decodes and writes anew: limited in memory, time and files

Both raise ``FileRefused`` with code ``file_content`` and a reason, and nothing else, whatever the bytes are. Work is
bounded by a budget of bytes and steps (``source``), never by luck.
"""
