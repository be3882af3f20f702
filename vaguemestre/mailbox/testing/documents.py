"""Shared by tests: a PDF of one page, as small as it can be."""


def pdf_file(drawn: str, *, width: int = 595, height: int = 842, pages: int = 1, itself: bool = False) -> bytes:
    """`drawn`: the operators of the page (ISO 32000). `itself`: they can be drawn again from within, as `/Me Do`."""
    stream = drawn.encode("latin-1")
    form = "/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /Me 4 0 R >> >> "
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{'3 0 R' if pages else ''}] /Count {pages} >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Contents 4 0 R /Resources << /Font << "
        "/F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> /XObject << /Me 4 0 R >> >> >>",
        f"<< {form if itself else ''}/Length {len(stream)} >>\nstream\n{drawn}\nendstream",
    ]
    content, places = b"%PDF-1.4\n", []
    for number, said in enumerate(objects, 1):
        places.append(len(content))
        content += f"{number} 0 obj\n{said}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    table = f"xref\n0 {size}\n0000000000 65535 f \n{table}"
    end = f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(content)}\n%%EOF\n"
    return content + f"{table}{end}".encode("latin-1")
