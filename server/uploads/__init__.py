"""What is done to the bytes of a file before anybody else sees it. Nothing here knows tickets, people or the database.

::

    parts      temporary files, written piece by piece (disk: threads of their own)
    checks     what a whole upload goes through
      ├── sniff.examine(path, ".docx") -> Examined      are the bytes what the name says? Blocks, needs no loop
      │     ├── text       .txt .log .cfg
      │     ├── pdf        .pdf
      │     ├── compound   .doc .xls .ppt .pps        OLE files of the years before 2007
      │     ├── office     .docx .xlsx .pptx .ppsx .odt
      │     ├── archive    .zip                       walked (zip_directory) and unpacked to nowhere
      │     ├── rar        .rar
      │     └── picture    .jpeg .png .gif .bmp .tiff .heic .webp .avif: the container, not yet the pixels
      ├── scan       the virus scanner, where there is one
      └── images.Pictures().redraw(path, ".png", into, max_pixels) -> Redrawn
            └── drawing    the process that decodes and writes anew: limited in memory, time and files
                  └── jpeg   whether one was cut off
    storage    where files are kept: local, s3
    filing     all of these together, as use cases get them

``sniff`` and ``images`` raise ``FileRefused`` with code ``file_content`` and a reason, whatever the bytes are. Work is
bounded by a budget of bytes and steps (``source``), never by luck.
"""
