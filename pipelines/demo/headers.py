"""Column names of the export formats that the demo writes, verbatim and in order (facts about the formats)."""

BRANDWATCH_HEADER: tuple[str, ...] = (
    "Query Id", "Query Name", "Date", "Title", "Url", "Domain", "Sentiment", "Page Type", "Language", "Country Code",
    "Continent Code", "Continent", "Country", "City Code", "Account Type", "Added", "Assignment", "Author",
    "Category Details", "Checked", "City", "Display URLs", "Entity Info", "Expanded URLs", "Likes", "Comments",
    "Shares", "Facebook Author ID", "Facebook Comments", "Facebook Likes", "Facebook Role", "Facebook Shares",
    "Facebook Subtype", "Full Name", "Full Text", "Gender", "Impressions", "Instagram Comments",
    "Instagram Followers", "Instagram Following", "Instagram Interactions Count", "Instagram Posts", "Interest",
    "Last Assignment Date", "Latitude", "Location Name", "Longitude", "Media Filter", "Media URLs",
    "Mentioned Authors", "Original Url", "Priority", "Professions", "Resource Id", "Short URLs", "Starred",
    "Station Name", "Viewership", "Status", "Subtype", "Thread Author", "Thread Created Date", "Thread Entry Type",
    "Thread Id", "Thread URL", "Total Monthly Visitors", "X Author ID", "X Channel Role", "X Followers",
    "X Following", "X Replies", "X Reply to", "X Repost of", "X Reposts", "X Likes", "X Posts", "X Verified",
    "Updated", "Reach (new)", "Potential Audience", "Social Shares", "Publication Name", "Licenses", "Redacted",
    "Redacted Fields", "Redaction Reason", "Asset Content Id", "Asset Thumb Id", "Author Verified Type", "Avatar",
    "Batch Id", "Blog Name", "Broadcast Media Url", "Is Syndicated", "Air Type", "Broadcast Type", "Media Type",
    "Ad Value", "Circulation", "Region", "Region Code", "Daily Visitors", "Engagement Type", "Hashtags",
    "Item Review", "Kicker", "Linkedin Comments", "Linkedin Engagement", "Linkedin Impressions", "Linkedin Likes",
    "Linkedin Shares", "Linkedin Sponsored", "Linkedin Video Views", "Parent Post Id", "Parent Blog Name",
    "Pub Type", "Publisher Sub Type", "Rating", "Reddit Score", "Reddit Score Upvote Ratio", "Reddit Comments",
    "Reddit Author Karma", "Root Post Id", "Root Blog Name", "Subreddit", "Subreddit Subscribers", "Subscriptions",
    "Sub Title", "React Score Overall", "React Score Emotionality", "React Score Harmful", "Engagement Score",
    "Subreddit NSFW", "Reddit Post Flair", "Reddit Author Flair", "Subreddit Topics", "Reddit Spoiler",
    "Publication Id", "Page Type Name", "Content Source", "Content Source Name", "Custom", "Bluesky Author Id",
    "Bluesky Followers", "Bluesky Following", "Bluesky Likes", "Bluesky Posts", "Bluesky Quotes", "Bluesky Replies",
    "Bluesky Reposts", "Can Edit Markup", "Can Edit Metadata", "Can Edit Segmentation", "Can Edit Workflow",
    "Copyright", "Factiva Attribute Code", "Has Full Text", "Impact", "Instagram Likes", "Mention Id",
    "Podcast Audience Estimate", "Podcast Duration Ms", "Raw Metadata", "Reportable", "Resource Views",
    "Threads Likes", "Threads Quotes", "Threads Replies", "Threads Reposts", "Threads Shares", "Threads Views",
    "Tiktok Comments", "Tiktok Connected Account", "Tiktok Likes", "Tiktok Reach", "Tiktok Shares", "Tiktok Views",
    "Unified Source Name", "Weblog Title", "Youtube Comments", "Youtube Duration Milliseconds", "Youtube Favourites",
    "Youtube Likes", "Youtube Subscriber Count", "Youtube Video Count", "Emotion",
)  # fmt: skip

MELTWATER_HEADER: tuple[str, ...] = (
    "Date", "Headline", "URL", "Opening Text", "Hit Sentence", "Source", "Influencer", "Country", "Subregion",
    "Language", "Reach", "Desktop Reach", "Mobile Reach", "Twitter Social Echo", "Facebook Social Echo",
    "Reddit Social Echo", "National Viewership", "Engagement", "AVE", "Sentiment", "Key Phrases", "Input Name",
    "Keywords", "Twitter Authority", "Tweet Id", "Twitter Id", "Twitter Client", "Twitter Screen Name",
    "User Profile Url", "Twitter Bio", "Twitter Followers", "Twitter Following", "Alternate Date Format", "Time",
    "State", "City", "Social Echo Total", "Editorial Echo", "Views", "Estimated Views", "Likes", "Replies",
    "Retweets", "Comments", "Shares", "Reactions", "Threads", "Is Verified", "Parent URL", "Document Tags",
    "Document ID", "Custom Categories",
)  # fmt: skip

SPROUT_POSTS_HEADER: tuple[str, ...] = (
    "Date", "Post ID", "Network", "Post Type", "Content Type", "Profile", "Link", "Post", "Linked Content",
    "Public Engagements", "Reactions", "Comments", "Shares",
)  # fmt: skip

SPROUT_DAILY_HEADER: tuple[str, ...] = (
    "Date", "Network", "Profile", "Audience", "Net Audience Growth", "Published Posts", "Public Engagements",
    "Public Engagements per Post", "% Audience Growth", "Published Carousels", "Published Videos",
    "Published Photos", "Published Links", "Published Text", "Reactions", "Comments", "Shares",
    "Top Hashtags by Lifetime Public Engagements",
)  # fmt: skip

CROWDTANGLE_HEADER: tuple[str, ...] = (
    "Page Name", "User Name", "Facebook Id", "Page Category", "Page Admin Top Country", "Page Description",
    "Page Created", "Likes at Posting", "Followers at Posting", "Post Created", "Post Created Date",
    "Post Created Time", "Type", "Total Interactions", "Likes", "Comments", "Shares", "Love", "Wow", "Haha", "Sad",
    "Angry", "Care", "Video Share Status", "Is Video Owner?", "Post Views", "Total Views",
    "Total Views For All Crossposts", "Video Length", "URL", "Message", "Link", "Final Link", "Image Text",
    "Link Text", "Description", "Sponsor Id", "Sponsor Name", "Sponsor Category",
    "Overperforming Score (weighted  —  Likes 1x Shares 1x Comments 1x Love 1x Wow 1x Haha 1x Sad 1x Angry 1x "
    "Care 1x )",
)  # fmt: skip

CANONICAL_HEADER: tuple[str, ...] = (
    "mention_id", "source", "platform", "url", "published_at", "author_id", "author_handle", "author_name",
    "author_followers", "text", "title", "language", "country", "likes", "shares", "comments", "views",
    "impressions", "reach", "is_repost", "parent_id", "query_name", "vendor_sentiment",
)  # fmt: skip
