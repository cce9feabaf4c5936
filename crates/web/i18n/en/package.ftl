# The file with somebody's data, behind the link of a mail.

package-title = Your data are ready
package-lead = You can collect this file until { $until }. After that it is erased; you can always ask for a new one.
package-size = Size
package-kilobytes = { $number } kB
package-hash = Checksum (SHA-256)
package-download = Download the file
package-inside = It is a ZIP file. Open the overview in it with your browser; the other files are for programs.
package-keep = Keep it in a safe place. Whoever has the link in your mail can collect this file.
link-dead-package = The file has expired and was erased, or the link is not complete. You can ask us for a new file.
