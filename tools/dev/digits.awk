# Reports how well pictures of digits were classified.
#
#   awk -f digits.awk prompts.json predictions.json time.json seconds=S similarity.txt
#
# prompts.json has a text for each class, predictions.json what PyTorch makes of each picture, time.json what `--json`
# prints, similarity.txt a row of similarities for each picture of predictions.json. S is what the whole run took.

# The text after `key` in the line, up to the next comma, brace or quote.
function field(key,    rest) {
  rest = substr($0, index($0, "\"" key "\":") + length(key) + 3)
  gsub(/^[ "]+/, "", rest)
  sub(/[",}].*/, "", rest)
  return rest
}

# The best class of row[1..classes] but for those in `passed`, counted from 1.
function best(passed,    i, found) {
  for (i = 1; i <= classes; i++)
    if (!(i in passed) && (!found || row[i] + 0 > row[found] + 0))
      found = i
  return found
}

function report(place,    passed, i, found, line) {
  line = sprintf("  %s  %-6s", picture[place], word[label[place] + 1])
  for (i = 1; i <= 3; i++) {
    found = best(passed)
    passed[found] = 1
    line = line sprintf("  %6s %5.2f", word[found], row[found])
  }
  return line
}

FILENAME ~ /prompts\.json$/ {
  if (/"/) {
    sub(/",?[ ]*$/, "")
    word[++classes] = $NF
  }
  next
}

FILENAME ~ /predictions\.json$/ {
  if (/"picture":/) {
    picture[++expected] = field("picture")
    label[expected] = field("label")
    theirs[expected] = field("predicted")
    line = $0
    sub(/.*"similarity": \[/, "", line)
    sub(/\].*/, "", line)
    similarity[expected] = line
  }
  next
}

FILENAME ~ /time\.json$/ {
  median = field("median_ms")
  threads = field("threads")
  next
}

FNR == 1 { next }

{
  place = ++pictures
  split("", passed)
  for (i = 1; i <= classes; i++)
    row[i] = $i
  ours = best(passed) - 1
  right += ours == label[place]
  theirs_right += theirs[place] == label[place]
  equal += ours == theirs[place]

  split(similarity[place], reference, ", ")
  for (i = 1; i <= classes; i++) {
    difference = row[i] - reference[i]
    if (difference < 0)
      difference = -difference
    if (difference > largest)
      largest = difference
  }

  if (place <= 5)
    first = first report(place) "\n"
  else if (ours != label[place] && wrong++ < 3)
    mistakes = mistakes report(place) "\n"
}

END {
  if (!pictures || pictures != expected) {
    printf "expected the similarities of %d pictures, found %d\n", expected, pictures
    exit 1
  }
  print "  picture   is      most similar to"
  printf "%s  and some that it gets wrong:\n%s\n", first, mistakes
  printf "  %d of %d pictures right (%.1f %%); PyTorch: %d\n", right, pictures, 100 * right / pictures, theirs_right
  printf "  %d of %d classes equal to PyTorch's; similarities within %.0e (PyTorch's have 5 digits)\n", equal, pictures,
         largest
  printf "  %.2f ms a picture on %d threads, all in one batch; %.2f s for the whole run, from PNG files to text\n",
         median / pictures, threads, seconds
  exit equal != pictures
}
