"""What links in QR codes and messages lead to: the pass and receipt of a visitor, the answer page and own page of a host."""
